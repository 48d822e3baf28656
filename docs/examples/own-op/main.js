/**
 * An op of one's own. Rounding has the derivative 0 wherever it has one, so nothing can be learned through it. The
 * straight-through estimator (Bengio, Léonard and Courville, 2013) takes 1 instead: a network with rounded weights learns.
 */
import { customOp, grad, valueAndGrad } from "@dlcc/autograd";
import { mse } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { Parameter, randn, round, tensor, zeros } from "@dlcc/tensor";

const roundStraightThrough = customOp({
  name: "roundStraightThrough",
  forward: (x) => round(x),
  backward: (gradient) => [gradient], // ∂C/∂x = ∂C/∂y, as if it had not been rounded
});

const slope = (f) => grad((x) => f(x).sum())(tensor([0.4, 1.7])).array();
console.log("the derivative of round:", await slope(round));
console.log("straight through:", await slope(roundStraightThrough));

// A rule that has whole numbers for weights, and examples of it.
const x = randn([200, 3], { seed: 1 });
const y = x.matmul(tensor([[3], [-2], [5]]));

const w = new Parameter("w", zeros([3, 1]));
const optimizer = adam([w], { lr: 0.1 });
for (let step = 0; step < 200; step++) {
  const { value, gradients } = valueAndGrad(() => mse(x.matmul(roundStraightThrough(w.value)), y), [w]);
  optimizer.step(gradients);
  value.dispose();
}
console.log("learned:", (await roundStraightThrough(w.value).array()).flat());
