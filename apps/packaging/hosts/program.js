/** The program that every host runs: XOR and a product of matrices, on cpu and on wasm with one thread, two, and as many as it likes. */
import { valueAndGrad } from "@dlcc/autograd";
import { Linear, Sequential, tanh } from "@dlcc/layers";
import { binaryCrossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { cpu, randn, tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";

/** Trains 2-8-1 on one backend. */
async function train(backend) {
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
  const model = new Sequential([new Linear(2, 8, { seed: 1 }), tanh, new Linear(8, 1, { seed: 2 })]);
  await model.to(backend);
  const optimizer = adam(model.parameters(), { lr: 0.05 });
  const losses = [];
  for (let step = 0; step < 200; step++) {
    const { value, gradients } = valueAndGrad(() => binaryCrossEntropy(model.forward(x), y), model.parameters());
    optimizer.step(gradients);
    losses.push(value);
  }
  // Large enough to be shared between threads.
  const square = randn([256, 256], { seed: 3, backend });
  return {
    loss: await losses.at(-1).item(),
    xor: await model.forward(x).greater(0).array(),
    product: await square.matmul(square).sum().item(),
  };
}

/** What comes of it on each backend; where one fails, its error. `module` is the kernels' file, for hosts that need it. */
export async function program(module) {
  const results = { cpu: await train(cpu) };
  for (const [name, threads] of [
    ["one", 1],
    ["two", 2],
    ["free", undefined],
  ]) {
    try {
      const backend = await createWasm({ module, threads });
      results[name] = { ...(await train(backend)), ...backend.info };
      backend.dispose();
    } catch (error) {
      results[name] = { error: error.message };
    }
  }
  return results;
}
