/** A run over a stream goes on in the midst of an epoch, and ends with the weights of one that was never interrupted. */
import { type ExampleSource, streamMinibatches } from "@dlcc/data";
import { checkpointStore } from "@dlcc/io";
import { Linear } from "@dlcc/layers";
import { mse } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { createCheckpointer, fit } from "@dlcc/train";
import { expect, test } from "vitest";

/** y = 2 x₁ − x₂, in blocks, with a count of those that were read. */
function examples(): { readonly source: ExampleSource; readonly read: () => number } {
  let read = 0;
  const source: ExampleSource = {
    x: { shape: [2], dtype: "float32" },
    y: { shape: [1], dtype: "float32" },
    blocks: new Array(12).fill(10),
    async read(block) {
      read++;
      return {
        write(row, x, y, at) {
          const [a, b] = [Math.sin(10 * block + row), Math.cos(7 * block + row)];
          x.set([a, b], 2 * at);
          y[at] = 2 * a - b;
        },
      };
    },
  };
  return { source, read: () => read };
}

async function program(files: Map<string, Uint8Array>, killedAfter = Number.POSITIVE_INFINITY) {
  const store = checkpointStore({
    name: "memory",
    list: async () => [...files.keys()],
    read: async (name) => files.get(name) as Uint8Array,
    write: async (name, bytes) => void files.set(name, bytes.slice()),
    remove: async (name) => void files.delete(name),
  });
  const model = new Linear(2, 1, { seed: 1 });
  const optimizer = sgd(model.parameters(), { lr: 0.05, momentum: 0.9 });
  const { source, read } = examples();
  const checkpoints = createCheckpointer({ store, model, optimizer, every: { steps: 3 } });
  let steps = 0;
  const killed = new Error("killed");
  await fit({
    model,
    loss: mse,
    optimizer,
    batches: (epoch) => streamMinibatches(source, { size: 7, seed: 2, epoch, window: 30 }),
    epochs: 3,
    checkpoints,
    transform(gradients) {
      if (++steps > killedAfter) throw killed;
      return gradients;
    },
  }).catch((error: unknown) => {
    if (error !== killed) throw error;
  });
  return { weights: [...(await model.weight.value.data())], steps, read: read() };
}

test.each([4, 10, 17, 19, 37, 50])("killed after %i steps", async (steps) => {
  const whole = await program(new Map());
  const files = new Map<string, Uint8Array>();
  await program(files, steps);
  const resumed = await program(files);
  expect(resumed.weights).toEqual(whole.weights);
  const done = 3 * Math.floor(steps / 3);
  expect(resumed.steps).toBe(whole.steps - done);
  // The windows before are not read again: an epoch has 18 batches of 7 of its 120 examples, a window three blocks of 10.
  const examples = 120 * Math.floor(done / 18) + 7 * (done % 18);
  expect(resumed.read).toBe(whole.read - 3 * Math.floor(examples / 30));
});
