/** The contract in code of the design: what a user writes. The first test to write, and the last to break. */
import { valueAndGrad } from "@dlcc/autograd";
import { minibatches } from "@dlcc/data";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { type Backend, cpu, gather, randn, type Tensor, tensor } from "@dlcc/tensor";
import { deferred, recording } from "@dlcc/testing";
import { accuracy, fit } from "@dlcc/train";
import { expect, test } from "vitest";

/** Examples that can be learned: noise around one of ten centres each. */
function clusters(count: number): { images: Tensor; labels: Tensor } {
  const centres = randn([10, 784], { seed: 1 });
  const labels = tensor(Int32Array.from({ length: count }, (_, i) => i % 10));
  return { images: gather(centres, labels).add(randn([count, 784], { seed: 2 })), labels };
}

async function loop(backend: Backend): Promise<number[]> {
  const { images, labels } = clusters(640);
  const losses: number[] = [];

  const model = new Sequential([new Linear(784, 128, { seed: 1 }), relu, new Linear(128, 10, { seed: 2 })]);
  await model.to(backend);
  const optimizer = sgd(model.parameters(), { lr: 0.1 });
  for (const { x, y } of minibatches(images, labels, { size: 64, seed: 3, backend })) {
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
    optimizer.step(gradients);
    losses.push(await value.item());
  }
  return losses;
}

test("the loop by hand learns, on cpu", async () => {
  const losses = await loop(cpu);
  expect(losses).toHaveLength(10);
  expect(losses[0]).toBeGreaterThan(Math.log(10) * 0.8); // It begins near chance: −log 1/10.
  expect(losses[9]).toBeLessThan((losses[0] as number) / 2);
});

test("another backend in the same line gives the same numbers", async () => {
  expect(await loop(recording(cpu))).toEqual(await loop(cpu));
  expect(await loop(deferred(cpu))).toEqual(await loop(cpu));
});

test("fit gives the same numbers as the loop by hand", async () => {
  const { images, labels } = clusters(640);
  const model = new Sequential([new Linear(784, 128, { seed: 1 }), relu, new Linear(128, 10, { seed: 2 })]);
  const [report] = await fit({
    model,
    loss: crossEntropy,
    optimizer: sgd(model.parameters(), { lr: 0.1 }),
    batches: () => minibatches(images, labels, { size: 64, seed: 3 }),
    epochs: 1,
    metrics: { accuracy },
  });
  const losses = await loop(cpu);
  expect(report?.loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 10, 12);
});
