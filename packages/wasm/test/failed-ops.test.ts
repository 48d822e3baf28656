/** A failed op keeps nothing: whichever of its blocks it can't have, the others go back. */
import {
  adamStep,
  applyStep,
  argmax,
  argsort,
  concat,
  fold,
  fusedActivations,
  gather,
  linear,
  momentumStep,
  Parameter,
  pad,
  retain,
  scatterAdd,
  slice,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  type Tensor,
  tensor,
  tidy,
  unfold,
  uniform,
  where,
} from "@dlcc/tensor";
import { afterEach, expect, test, vi } from "vitest";
import { Heap } from "../src/heap.ts";
import { createWasm } from "../src/index.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const backend = await createWasm({ threads: 1 });
const draw = (...shape: number[]): Tensor => uniform(shape, { seed: 1, backend });
/** Views whose elements do not lie in order, which most kernels copy first. */
const [x, row, column] = [draw(4, 6).transpose(), slice(draw(8), [1, 8, 2]), slice(draw(12), [0, 12, 2])];
const image = draw(2, 3, 5, 4).transpose();
const labels = slice(tensor([0, 9, 1, 9, 2, 9, 3, 9, 0, 9, 1, 9], { dtype: "int32", backend }), [0, 12, 2]);
const indices = slice(tensor([0, 9, 2, 9], { dtype: "int32", backend }), [0, 4, 2]);
const [adam, sgd] = [
  { lr: 1, beta1: 0.9, beta2: 0.9, epsilon: 1e-8, weightDecay: 0, decoupled: false, step: 1 },
  { lr: 1, weightDecay: 0, momentum: 0.9, nesterov: false },
];

/** Cells whose values somebody else holds, too, so that a step can't write over them. */
function step(run: (cells: readonly Parameter[], gradient: Tensor) => void, slots: number): void {
  const cells = Array.from({ length: 1 + slots }, () => new Parameter("w", x));
  const held = cells.map((cell) => retain(cell.peek()));
  try {
    run(cells, x);
  } finally {
    for (const tensor of [...held, ...cells.map((cell) => cell.peek())]) tensor.dispose();
  }
}

const calls: Readonly<Record<string, () => unknown>> = {
  upload: () => tensor([1, 2], { backend }),
  read: () => x.dataSync(),
  exp: () => x.exp(),
  add: () => x.add(x.mul(2)),
  where: () => where(x.greater(0.5), x, 0),
  cast: () => x.cast("int32"),
  sum: () => x.sum(0),
  "sum of all": () => x.sum(),
  argmax: () => argmax(x, 0),
  argsort: () => argsort(x, 0),
  matmul: () => x.matmul(x.transpose()),
  "matmul of int32": () => labels.reshape([2, 3]).matmul(labels.reshape([3, 2])),
  copy: () => x.reshape([24]),
  pad: () =>
    pad(
      x,
      [
        [1, 1],
        [0, 2],
      ],
      1,
    ),
  concat: () => concat([x, x], 1),
  gather: () => gather(x, indices, 1),
  scatterAdd: () => scatterAdd(slice(x, [0, 2]), indices, 0, 3),
  unfold: () => unfold(image, 2),
  fold: () => fold(draw(1, 4, 4).transpose(), [3, 3], 2),
  linear: () => fusedActivations.map((activation) => linear(x, draw(4, 4), row, activation)),
  softmaxCrossEntropy: () => softmaxCrossEntropy(x, labels),
  softmaxCrossEntropyGradient: () => softmaxCrossEntropyGradient(x, labels, column),
  momentumStep: () => step((cells, gradient) => applyStep(momentumStep, sgd, cells, gradient), 1),
  adamStep: () => step((cells, gradient) => applyStep(adamStep, adam, cells, gradient), 2),
};

test.each(Object.entries(calls))("%s", (_, call) => {
  const before = backend.memory;
  const { allocate } = Heap.prototype;
  let left = 0;
  const spy = vi.spyOn(Heap.prototype, "allocate").mockImplementation(function (this: Heap, bytes) {
    if (left-- === 0) throw new Error("no room");
    return allocate.call(this, bytes);
  });
  let failures = 0;
  for (let room = 0; ; room++) {
    left = room;
    try {
      tidy(() => void call());
      break;
    } catch (error) {
      expect((error as Error).message).toBe("no room");
      failures++;
    }
    expect({ room, ...backend.memory }).toEqual({ room, ...before });
  }
  expect(failures).toBeGreaterThan(0);
  spy.mockRestore();
  expect(backend.memory).toEqual(before);
});

test("a reduction in a memory that is full, again and again", async () => {
  const small = await createWasm({ threads: 1, maxBytes: 2 ** 21 });
  const n = 2 ** 17;
  const rows = uniform([2, n], { seed: 1, backend: small });
  const { held, storages } = small.memory;
  for (let i = 0; i < 5; i++) expect(() => rows.sum(0)).toThrow(/out of memory/); // The totals need twice the result.
  expect(small.memory).toMatchObject({ held, storages });
  rows.dispose();
});
