/** Resuming equals never having stopped, bit for bit: model and optimizer go through a file's bytes in between. */
import { minibatches } from "@dlcc/data";
import { deserialize, serialize } from "@dlcc/io";
import { Dropout, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam, cosine, type Optimizer, sgd } from "@dlcc/optim";
import { type Parameter, randn, type Tensor, tensor } from "@dlcc/tensor";
import { fit } from "@dlcc/train";
import { expect, test } from "vitest";

const images = randn([90, 6], { seed: 1 });
const labels = tensor(Int32Array.from({ length: 90 }, (_, i) => i % 3));

const newModel = (seed: number): Sequential =>
  new Sequential([
    new Linear(6, 8, { seed }),
    relu,
    new Dropout(0.3, { seed: seed + 2 }),
    new Linear(8, 3, { seed: seed + 1 }),
  ]);

function train(model: Sequential, optimizer: Optimizer, firstEpoch: number, epochs: number): Promise<unknown> {
  const batches = (epoch: number) => minibatches(images, labels, { size: 20, seed: 7, epoch });
  return fit({ model, loss: crossEntropy, optimizer, batches, firstEpoch, epochs });
}

const prefixed = (prefix: string, state: Record<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [`${prefix}.${name}`, value]));

const under = (prefix: string, state: Record<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) => {
      return name.startsWith(`${prefix}.`) ? [[name.slice(prefix.length + 1), value]] : [];
    }),
  );

test.each<[string, (parameters: Parameter[]) => Optimizer]>([
  ["SGD with momentum and weight decay", (p) => sgd(p, { lr: 0.1, momentum: 0.9, weightDecay: 1e-3 })],
  ["Adam under a cosine schedule", (p) => adam(p, { lr: cosine(0.01, { steps: 20 }) })],
])("%s", async (_, optimizerOf) => {
  const whole = newModel(1);
  await train(whole, optimizerOf(whole.parameters()), 1, 4);

  const begun = newModel(1);
  const before = optimizerOf(begun.parameters());
  await train(begun, before, 1, 2);
  const bytes = await serialize({
    ...prefixed("model", begun.stateDict()),
    ...prefixed("optimizer", before.stateDict()),
  });

  const { tensors } = deserialize(bytes);
  const resumed = newModel(99);
  resumed.loadStateDict(under("model", tensors));
  const after = optimizerOf(resumed.parameters());
  await after.loadStateDict(under("optimizer", tensors));
  await train(resumed, after, 3, 4);

  for (const [name, value] of Object.entries(whole.stateDict())) {
    expect(await resumed.stateDict()[name]?.data(), name).toEqual(await value.data());
    expect(await value.data(), name).not.toEqual(await begun.stateDict()[name]?.data());
  }
});
