import { valueAndGrad } from "@dlcc/autograd";
import { Linear, relu, Sequential, sigmoid, tanh } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam, type Optimizer, sgd } from "@dlcc/optim";
import { type Backend, Generator, integer, type Parameter, tensor, tidy } from "@dlcc/tensor";
import { createWasm, type WasmBackend } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";

const threaded: readonly WasmBackend[] = await Promise.all([1, 2, 3].map((threads) => createWasm({ threads })));
afterAll(() => {
  for (const backend of threaded) backend.dispose();
});

const optimizers: Readonly<Record<string, (parameters: readonly Parameter[]) => Optimizer>> = {
  sgd: (parameters) => sgd(parameters, { lr: 0.1 }),
  momentum: (parameters) => sgd(parameters, { lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-3 }),
  adam: (parameters) => adam(parameters, { lr: 0.003 }),
};

/** A network of two layers in training: each call of `step` is one step. */
async function training(backend: Backend, [inputs, hidden, classes]: readonly number[], optimizer: string) {
  const model = new Sequential([
    new Linear(inputs!, hidden!, { seed: 1 }),
    optimizer === "sgd" ? relu : optimizer === "adam" ? tanh : sigmoid,
    new Linear(hidden!, classes!, { seed: 2 }),
  ]);
  await model.to(backend);
  const parameters = model.parameters();
  const update = optimizers[optimizer]!(parameters);
  const random = new Generator(3);
  const step = (size: number): void =>
    tidy(() => {
      const x = tensor(
        Float32Array.from({ length: size * inputs! }, () => random.uniform()),
        { shape: [size, inputs!], backend },
      );
      const y = tensor(
        Int32Array.from({ length: size }, () => integer(random, classes!)),
        { backend },
      );
      const { gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), parameters);
      update.step(gradients);
    });
  return { parameters, step };
}

/** In Node and in browsers. */
async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What every engine gives; seen on Node 20, 22 and 24 and in Chromium. A change of a kernel's order of summation changes them, too. */
const expected: Readonly<Record<string, string>> = {
  sgd: "16488a083cdb85fa620366878aaab6278a05192f0f4c8d7f443fe7d0c909626a",
  momentum: "b7cefafa21457545c9da71d6dd0e8b0726329787ce77b7382ce782ffad362077",
  adam: "04a31d897171fcd7e35256065ef6d6bb250c8017dea6c512cfbc3fc63fdd4662",
};

describe("the bytes of the weights after training are the same for any number of threads", () => {
  for (const name of Object.keys(optimizers)) {
    test(name, async () => {
      const digests = new Set<string>();
      for (const backend of threaded) {
        const { parameters, step } = await training(backend, [784, 128, 10], name);
        for (const size of [64, 10, 64, 1, 128, 64, 64, 33]) step(size);
        const weights = await Promise.all(parameters.map(({ value }) => value.data()));
        digests.add(await sha256(await new Blob(weights as BlobPart[]).arrayBuffer()));
      }
      expect([...digests]).toEqual([expected[name]]);
    });
  }
});
