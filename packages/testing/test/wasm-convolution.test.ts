/** Convolutions of random shapes: wasm on one thread and on two against the float64 cpu backend, and against each other. */
import {
  apply,
  Generator,
  integer,
  ops,
  randn,
  type Tensor,
  type TypedArray,
  tidy,
  type Window,
  windowPositions,
} from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { anyView, expectSame, type Pair } from "./fixtures/any-view.ts";

const backends = await Promise.all([1, 2, 3].map((threads) => createWasm({ threads })));
const [one, two] = backends as [(typeof backends)[0], (typeof backends)[0]];
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

/** A convolution: images `[n, groups · inputs, …size]` and weights `[groups · outputs, inputs, …kernel]`. */
interface Shapes {
  readonly n: number;
  readonly groups: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: readonly [number, number];
  readonly window: Window;
}

/** The shapes of images, weights and outputs. */
function shapesOf({ n, groups, inputs, outputs, size, window }: Shapes) {
  const positions = windowPositions("conv2d", window, size);
  return {
    x: [n, groups * inputs, ...size],
    weight: [groups * outputs, inputs, ...window.kernel],
    y: [n, groups * outputs, ...positions],
  };
}

/** The three ops. */
function run({ groups, window, size }: Shapes, x: Tensor, weight: Tensor, y: Tensor, bias?: Tensor): Tensor[] {
  const activation = bias ? ("tanh" as const) : undefined;
  return [
    bias
      ? apply(ops.conv2d, { window, groups, activation }, x, weight, bias)
      : apply(ops.conv2d, { window, groups, activation }, x, weight),
    apply(ops.convTranspose2d, { window, groups, size }, y, weight),
    apply(ops.conv2dWeightGradient, { window, groups }, x, y),
  ];
}

const names = ["conv2d", "convTranspose2d", "conv2dWeightGradient"];

function anyShapes(random: Generator): Shapes {
  const pair = (most: number, from = 1): [number, number] => [
    from + integer(random, most),
    from + integer(random, most),
  ];
  const [kernel, stride, dilation, padding] = [pair(4), pair(3), pair(3), pair(4, 0)];
  const reach = (axis: 0 | 1): number => dilation[axis] * (kernel[axis] - 1) + 1 - 2 * padding[axis];
  const more = pair(integer(random, 4) === 0 ? 20 : 7, 0);
  return {
    n: [0, 1, 2, 3, 5, 8, 9, 17][integer(random, 8)]!,
    groups: [1, 1, 2, 3][integer(random, 4)]!,
    inputs: 1 + integer(random, 6),
    outputs: 1 + integer(random, 9),
    size: [Math.max(1, reach(0) + more[0]), Math.max(1, reach(1) + more[1])],
    window: { kernel, stride, dilation, padding },
  };
}

const terms = ({ inputs, outputs, window: { kernel } }: Shapes, positions: number): readonly number[] => [
  inputs * kernel[0] * kernel[1],
  outputs * kernel[0] * kernel[1],
  positions,
];

/** Each channel by itself, by the kernels and steps that have code of their own. */
function anyDepthwise(random: Generator): Shapes {
  const pair = (most: number, from: number): [number, number] => [
    from + integer(random, most),
    from + integer(random, most),
  ];
  return {
    n: 1 + integer(random, 3),
    groups: 1 + integer(random, 5),
    inputs: 1,
    outputs: 1,
    size: pair(18, 3),
    window: { kernel: [3, 3], stride: pair(2, 1), dilation: [1, 1], padding: pair(4, 0) },
  };
}

describe.each([
  ["one thread", one],
  ["two threads", two],
])("on %s", (_, wasm) => {
  test.each([
    ["of all shapes and strides", anyShapes],
    ["of each channel by itself", anyDepthwise],
  ])("convolutions %s", (_, any) => {
    const random = new Generator(11);
    for (let round = 0; round < 300; round++) {
      const shapes = any(random);
      tidy(() => {
        const { x, weight, y } = shapesOf(shapes);
        const views = [x, weight, y, [weight[0]!]].map((shape) => anyView(wasm, random, shape));
        const withBias = integer(random, 2) === 0;
        const of = (i: 0 | 1): Tensor[] => {
          const [images, weights, outputs, bias] = views.map((view) => view[i]) as [Tensor, Tensor, Tensor, Tensor];
          return run(shapes, images, weights, outputs, withBias ? bias : undefined);
        };
        const [exact, got] = [of(0), of(1)];
        const scales = terms(shapes, y[0]! * y[2]! * y[3]!);
        exact.forEach((wanted, i) => {
          expectSame(`${names[i]} ${JSON.stringify(shapes)}`, [wanted, got[i]] as unknown as Pair, scales[i]!);
        });
      });
    }
  });
});

/** Networks' layers, and shapes that are cut into strips, blocks and parts of outputs. */
const plain = { stride: [1, 1], padding: [0, 0], dilation: [1, 1] } as const;
// biome-ignore format: a table
const layers: readonly Shapes[] = [
  { n: 64, groups: 1, inputs: 1, outputs: 6, size: [28, 28], window: { ...plain, kernel: [5, 5], padding: [2, 2] } },
  { n: 64, groups: 1, inputs: 6, outputs: 16, size: [14, 14], window: { ...plain, kernel: [5, 5] } },
  { n: 10, groups: 1, inputs: 20, outputs: 40, size: [12, 12], window: { ...plain, kernel: [5, 5] } },
  { n: 1, groups: 1, inputs: 3, outputs: 8, size: [96, 100], window: { ...plain, kernel: [7, 7], stride: [2, 2], padding: [3, 3] } },
  { n: 3, groups: 1, inputs: 16, outputs: 12, size: [40, 80], window: { ...plain, kernel: [3, 3], padding: [1, 1] } },
  { n: 2, groups: 1, inputs: 600, outputs: 70, size: [4, 4], window: { ...plain, kernel: [3, 3], padding: [1, 1] } },
  { n: 9, groups: 32, inputs: 1, outputs: 1, size: [20, 20], window: { ...plain, kernel: [3, 3], padding: [1, 1] } },
  { n: 9, groups: 32, inputs: 1, outputs: 1, size: [41, 38], window: { ...plain, kernel: [3, 3], stride: [2, 2], padding: [1, 1] } },
  { n: 12, groups: 1, inputs: 8, outputs: 8, size: [1, 200], window: { ...plain, kernel: [1, 9], dilation: [1, 4] } },
];

/** Whether two arrays have the same bits; Vitest's own comparison is slow for so many numbers. */
function expectSameBytes(a: TypedArray, b: TypedArray): void {
  const [left, right] = [a, b].map((data) => new Uint32Array(data.buffer)) as [Uint32Array, Uint32Array];
  expect(left.length).toBe(right.length);
  expect(left.findIndex((word, i) => word !== right[i])).toBe(-1);
}

test.each(layers)(
  "the same bytes on any number of threads: $n images of $size, $inputs to $outputs channels",
  (shapes) => {
    const { x, weight, y } = shapesOf(shapes);
    const all = backends.map((backend) =>
      tidy(() => {
        const [images, weights, outputs, bias] = [x, weight, y, [weight[0]!]].map((shape, seed) =>
          randn(shape, { seed, backend }),
        ) as [Tensor, Tensor, Tensor, Tensor];
        return run(shapes, images, weights, outputs, bias).map((t) => t.dataSync());
      }),
    );
    for (const results of all.slice(1)) {
      results.forEach((data, i) => {
        expectSameBytes(data, all[0]![i]!);
      });
    }
  },
);

test("an image's result is the same by itself and among others", () => {
  for (const shapes of layers) {
    tidy(() => {
      const { x, weight } = shapesOf(shapes);
      const { window, groups } = shapes;
      const weights = randn(weight, { seed: 1, backend: two });
      const images = randn(x, { seed: 2, backend: two });
      const all = apply(ops.conv2d, { window, groups, activation: undefined }, images, weights);
      const first = apply(ops.conv2d, { window, groups, activation: undefined }, ops.slice(images, [0, 1]), weights);
      expectSameBytes(first.dataSync(), ops.slice(all, [0, 1]).dataSync());
    });
  }
});
