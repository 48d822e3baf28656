import { valueAndGrad } from "@dlcc/autograd";
import { Linear, Sequential, relu } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { randn, tensor, uniform, cpu } from "@dlcc/tensor";
const B = Number(process.argv[2] ?? 64);
const model = new Sequential([new Linear(784, 128, { seed: 1 }), relu, new Linear(128, 10, { seed: 2 })]);
const opt = sgd(model.parameters(), { lr: 0.1, momentum: Number(process.argv[3] ?? 0) });
const x = uniform([B, 784], { seed: 1 }), y = tensor(Int32Array.from({ length: B }, (_, i) => i % 10));
const step = () => { const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters()); opt.step(gradients); return value; };
for (let i = 0; i < 100; i++) step();
const t = []; for (let r = 0; r < 15; r++) { const s = performance.now(); for (let i = 0; i < 20; i++) step(); t.push((performance.now() - s) / 20); }
t.sort((a, b) => a - b); console.log("batch", B, "ms/step min", t[0].toFixed(3), "median", t[7].toFixed(3));
