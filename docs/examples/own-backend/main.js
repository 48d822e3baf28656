/** A backend of one's own: what it computes, what it costs, and what the suite says that every backend passes. */
import { valueAndGrad } from "@dlcc/autograd";
import { Linear, Sequential, tanh } from "@dlcc/layers";
import { binaryCrossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { cpu, tensor } from "@dlcc/tensor";
import { conformance } from "@dlcc/testing";
import { bfloat16 } from "./bfloat16.js";

const backend = bfloat16(cpu);
console.log("1/3 =", await tensor([1], { backend }).div(3).array());

// The one line that swaps: XOR, with 8 bits.
const x = tensor(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  { backend },
);
const y = tensor([[0], [1], [1], [0]], { backend });
const model = await new Sequential([new Linear(2, 8, { seed: 1 }), tanh, new Linear(8, 1, { seed: 2 })]).to(backend);
const optimizer = sgd(model.parameters(), { lr: 0.5 });
for (let step = 0; step < 300; step++) {
  const { value, gradients } = valueAndGrad(() => binaryCrossEntropy(model.forward(x), y), model.parameters());
  optimizer.step(gradients);
  value.dispose();
}
console.log("xor:", (await model.forward(x).greater(0).array()).flat());
console.log("numbers rounded:", backend.rounded > 0);

/** The cases of the suite for matrix products that fail; your own backend must pass all cases. */
async function failures(candidate, options) {
  const failed = [];
  for (const { name, run } of conformance(candidate, options)) {
    if (name.startsWith("matmul")) await run().catch(() => failed.push(name));
  }
  return failed.length;
}
console.log("products that fail, cpu:", await failures(cpu));
console.log("bfloat16, to 1e-6:", (await failures(backend)) > 0 ? "some" : "none");
console.log("bfloat16, to 1/128:", await failures(backend, { tolerance: { float32: 1 / 128 } }));
