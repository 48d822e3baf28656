/** A convolutional network holds as many storages after its hundredth training step as after its first. */
import { valueAndGrad } from "@dlcc/autograd";
import { BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, relu, Sequential, tanh } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { type Backend, cpu, randn, tensor, tidy } from "@dlcc/tensor";
import { counting } from "@dlcc/testing";
import { createWasm } from "@dlcc/wasm";
import { afterAll, expect, test } from "vitest";

const wasm = await Promise.all([1, 2].map((threads) => createWasm({ threads })));
afterAll(() => {
  for (const backend of wasm) backend.dispose();
});

test.each<[string, Backend]>([
  ["cpu", cpu],
  ["wasm, one thread", wasm[0]!],
  ["wasm, two threads", wasm[1]!],
])("on %s", async (_, inner) => {
  const backend = counting(inner);
  const layers = [
    ...[new Conv2d(1, 6, 5, { padding: 2, seed: 1 }), new BatchNorm2d(6), tanh, new MaxPool2d(2)],
    ...[new Conv2d(6, 4, 3, { seed: 2 }), relu, new MaxPool2d(2), new Flatten(), new Linear(36, 10, { seed: 3 })],
  ];
  const model = await new Sequential(layers).to(backend);
  const parameters = model.parameters();
  const optimizer = sgd(parameters, { lr: 0.01, momentum: 0.9 });
  const x = randn([16, 1, 16, 16], { seed: 4, backend });
  const y = tensor(
    Int32Array.from({ length: 16 }, (_, i) => i % 10),
    { backend },
  );
  const step = (): void =>
    tidy(() => {
      const { gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), parameters);
      optimizer.step(gradients);
    });
  step();
  const { live } = backend;
  for (let i = 1; i < 100; i++) step();
  expect(backend.live).toBe(live);
});
