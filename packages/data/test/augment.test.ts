/** Augmentation. The expected values of warps are SciPy's, see fixtures/scipy-warps.py. */
import { readFileSync } from "node:fs";
import {
  type AugmentOptions,
  augment,
  type Distortion,
  randomElastic,
  randomErasing,
  randomFlip,
  randomNoise,
  randomRotation,
  randomShear,
  randomShift,
  randomZoom,
} from "@dlcc/data";
import { ArgumentError, DTypeError, ones, ShapeError, type Tensor, tensor, uniform, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { turn } from "../src/augment/affine.ts";
import { blur, gaussianWeights } from "../src/augment/elastic.ts";

const scipy = JSON.parse(readFileSync(new URL("fixtures/scipy-warps.json", import.meta.url), "utf8")) as {
  readonly size: [height: number, width: number];
  readonly image: number[];
  readonly down: number[];
  readonly right: number[];
  readonly cases: Readonly<Record<string, number[]>>;
  readonly fields: {
    readonly size: [height: number, width: number];
    readonly values: [number[], number[]];
    readonly blurred: Readonly<Record<string, [number[], number[]]>>;
  };
};

const images = uniform([5, 28, 28], { seed: 1 });
const apply = (steps: readonly Distortion[], x: Tensor, options?: AugmentOptions): number[] => [
  ...augment(steps, options)(x, { seed: 1 }).dataSync(),
];
/** The mean of a step's results over many images, or any other figure of them. */
const all = (step: Distortion, x: Tensor, seed = 1): Float32Array =>
  augment([step])(x, { seed }).dataSync() as Float32Array;
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

/** An image with one bright pixel, many times. */
const dots = (count: number, side: number, row: number, column: number): Tensor => {
  const data = new Float32Array(count * side * side);
  for (let i = 0; i < count; i++) data[(i * side + row) * side + column] = 1;
  return tensor(data, { shape: [count, side, side] });
};

/** The centres of mass of square images, as columns and rows. */
const centres = (values: Float32Array, side: number): [number, number][] =>
  Array.from({ length: values.length / side ** 2 }, (_, i) => {
    const pixels = values.subarray(i * side ** 2, (i + 1) * side ** 2);
    const sum = pixels.reduce((a, b) => a + b, 0);
    const moment = (of: (place: number) => number): number => pixels.reduce((m, v, p) => m + v * of(p), 0) / sum;
    return [moment((p) => p % side), moment((p) => Math.floor(p / side))];
  });

describe("what does nothing gives the same bytes", () => {
  test.each<[string, Distortion[]]>([
    ["no steps", []],
    [
      "no shift, rotation, zoom, shear, flip",
      [randomShift(0), randomRotation(0), randomZoom(0), randomShear(0), randomFlip(0)],
    ],
    ["a whole turn", [randomRotation([360, 360])]],
    ["two half turns", [randomRotation([180, 180]), randomRotation([-180, -180])]],
    ["no displacement", [randomElastic(0)]],
    ["no noise, no erasing", [randomNoise(0), randomErasing({ probability: 0 })]],
  ])("%s", (_, steps) => {
    expect(apply(steps, images)).toEqual([...images.dataSync()]);
  });
});

describe("moves", () => {
  test.each([
    [2, 0],
    [-3, 1],
    [0, -5],
    [40, 0],
  ])("by %d to the right and %d downwards are a copy of the pixels", (right, down) => {
    const before = images.dataSync();
    const expected = Array.from(before, (_, i) => {
      const [image, row, column] = [Math.floor(i / 784), Math.floor((i % 784) / 28) - down, (i % 28) - right];
      const inside = row >= 0 && row < 28 && column >= 0 && column < 28;
      return inside ? before[image * 784 + row * 28 + column] : 0.25;
    });
    expect(apply([randomShift([right, right], [down, down])], images, { background: 0.25 })).toEqual(expected);
  });

  test("a quarter turn counterclockwise makes the last column the first row", () => {
    const square = tensor([[1, 2, 3, 4, 5, 6, 7, 8, 9]]);
    expect(apply([randomRotation([90, 90])], square)).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
    expect(apply([randomRotation([-90, -90])], square)).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
  });

  test("a flip mirrors columns", () => {
    expect(
      apply(
        [randomFlip(1)],
        tensor([
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
        ]),
      ),
    ).toEqual([3, 2, 1, 6, 5, 4]);
  });

  const fixed: Record<string, Distortion[]> = {
    shift: [randomShift([1.25, 1.25], [0.75, 0.75])],
    rotation: [randomRotation([33, 33])],
    zoom: [randomZoom([1.3, 1.3])],
    shear: [randomShear([20, 20])],
    "rotation, zoom, shift": [
      randomRotation([-15, -15]),
      randomZoom([0.8, 0.8]),
      randomShift([-1.5, -1.5], [0.5, 0.5]),
    ],
    displacement: [
      {
        kind: "displacement",
        draw(_, __, dx, dy) {
          dx.set(scipy.right);
          dy.set(scipy.down);
        },
      },
    ],
  };
  fixed["rotation, displacement"] = [...(fixed.rotation ?? []), ...(fixed.displacement ?? [])];

  test.each(Object.keys(scipy.cases))("%s gives what SciPy gives", (name) => {
    const x = tensor(scipy.image, { shape: [1, ...scipy.size], dtype: "float64" });
    const result = apply(fixed[name] ?? [], x);
    for (const [i, value] of result.entries()) expect(value).toBeCloseTo(scipy.cases[name]?.[i] as number, 12);
  });

  test("all channels of an image move alike, and each image in its own way", () => {
    const one = uniform([1, 1, 9, 7], { seed: 2 });
    const copies = one.broadcastTo([2, 3, 9, 7]);
    const step = [randomShift(2), randomRotation(30), randomElastic(5, 1)];
    const result = apply(step, copies);
    const part = (i: number): number[] => result.slice(i * 63, (i + 1) * 63);
    expect([part(1), part(2)]).toEqual([part(0), part(0)]);
    expect(part(3)).not.toEqual(part(0));
    expect(part(0)).toEqual(apply(step, one.reshape([1, 9, 7])));
  });

  test("steps after a displacement are interpolated once more, in their order", () => {
    const [first, second] = [[randomElastic(9, 2)], [randomRotation([20, 20])]];
    const x = tensor(scipy.image, { shape: [1, ...scipy.size] });
    const between = tensor(apply(first, x), { shape: [1, ...scipy.size] });
    expect(apply([...first, ...second], x)).toEqual(apply(second, between));
  });
});

describe("elastic distortions", () => {
  test.each(Object.keys(scipy.fields.blurred))("blur fields as SciPy does, σ = %s", (sigma) => {
    const [dx, dy] = scipy.fields.values.map((field) => Float64Array.from(field)) as [Float64Array, Float64Array];
    blur(dx, dy, ...scipy.fields.size, gaussianWeights(Number(sigma)));
    const [right, down] = scipy.fields.blurred[sigma] ?? [[], []];
    const expected = [...right, ...down];
    for (const [i, value] of [...dx, ...dy].entries()) expect(value).toBeCloseTo(expected[i] as number, 14);
  });

  test("weights are those of the normal density, normalized", () => {
    for (const sigma of [0.1, 0.3, 1, 7]) {
      const radius = Math.floor(3 * sigma + 0.5);
      const heights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
        Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
      );
      const sum = heights.reduce((a, b) => a + b);
      for (const [i, weight] of gaussianWeights(sigma).entries()) {
        expect(weight).toBeCloseTo((heights[i] as number) / sum, 15);
      }
    }
  });

  test("move pixels by about α/(6σ): the deviation of a mean of uniform numbers under a Gaussian", () => {
    const shifts: number[] = [];
    const watched = randomElastic(34, 4) as Extract<Distortion, { kind: "displacement" }>;
    augment([
      {
        kind: "displacement",
        draw(random, size, dx, dy) {
          watched.draw(random, size, dx, dy);
          // In the middle, where nothing of the Gaussian, which reaches 12 pixels, is cut off by the border.
          shifts.push(dx[16 * 32 + 16] as number, dy[16 * 32 + 16] as number);
        },
      },
    ])(zeros([400, 32, 32]), { seed: 3 });
    // √(1/3) of a uniform number in ±1, times √(Σ g²) = 1/(2 σ √π); 800 draws know it to 2.5 %: four times that.
    const expected = (34 * Math.sqrt(1 / 3)) / (2 * 4 * Math.sqrt(Math.PI));
    const deviation = Math.sqrt(mean(shifts.map((d) => d * d)));
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.1);
  });
});

describe("what is drawn", () => {
  test("shifts are uniform in their range, each direction on its own", () => {
    const found = centres(all(randomShift(2, [0, 3]), dots(2000, 15, 7, 7)), 15);
    for (const [axis, low, high] of [
      [0, -2, 2],
      [1, 0, 3],
    ] as const) {
      const moved = found.map((centre) => (centre[axis] as number) - 7);
      expect(Math.min(...moved)).toBeGreaterThanOrEqual(low - 1e-5);
      expect(Math.max(...moved)).toBeLessThanOrEqual(high + 1e-5);
      // Four standard errors of the mean of 2,000 uniform numbers.
      expect(Math.abs(mean(moved) - (low + high) / 2)).toBeLessThan((4 * (high - low)) / Math.sqrt(12 * 2000));
    }
  });

  test("a rotation moves a point on its circle, by angles of the range", () => {
    const found = centres(all(randomRotation([-30, 60]), dots(2000, 25, 12, 20)), 25);
    const angles = found.map(([x, y]) => (Math.atan2(12 - y, x - 12) * 180) / Math.PI);
    expect(Math.min(...angles)).toBeGreaterThan(-30 - 1);
    expect(Math.max(...angles)).toBeLessThan(60 + 1);
    expect(Math.abs(mean(angles) - 15)).toBeLessThan((4 * 90) / Math.sqrt(12 * 2000));
  });

  test("half of the images are flipped", () => {
    const flipped = all(randomFlip(), dots(2000, 3, 1, 0)).filter((value, i) => i % 9 === 5 && value === 1).length;
    // Four standard deviations of 2,000 throws of a coin.
    expect(Math.abs(flipped - 1000)).toBeLessThan(4 * Math.sqrt(500));
  });

  test("noise is normal, of mean 0 and the deviation that was asked for", () => {
    const noise = all(randomNoise(0.3), zeros([100, 100]));
    expect(Math.abs(mean(noise))).toBeLessThan((4 * 0.3) / 100);
    const variance = mean(noise.map((v) => v * v));
    expect(Math.abs(variance / 0.09 - 1)).toBeLessThan(4 * Math.sqrt(2 / 10_000));
    // The fourth moment of a normal number is 3 σ⁴.
    expect(mean(noise.map((v) => v ** 4)) / variance ** 2).toBeCloseTo(3, 0);
  });

  test("what is erased is one rectangle in all channels, of the area and the shape that were asked for", () => {
    const erased = augment([randomErasing({ probability: 1, area: [0.1, 0.2], aspect: [0.5, 2] })], { background: 9 });
    const result = erased(ones([200, 2, 20, 30]), { seed: 1 }).dataSync();
    const corners = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const [one, other] = [0, 1].map((c) => result.slice((2 * i + c) * 600, (2 * i + c + 1) * 600));
      expect(other).toEqual(one);
      const places = Array.from(one ?? []).flatMap((value, p) => (value === 9 ? [[Math.floor(p / 30), p % 30]] : []));
      const [rows, columns] = [0, 1].map((axis) => new Set(places.map((place) => place[axis])));
      expect(places).toHaveLength((rows?.size ?? 0) * (columns?.size ?? 0));
      // Both sides are rounded to whole pixels: each may be off by half a pixel of at least 5.
      expect(places.length).toBeGreaterThan(0.1 * 600 * 0.81);
      expect(places.length).toBeLessThan(0.2 * 600 * 1.21);
      expect((rows?.size ?? 0) / (columns?.size ?? 0)).toBeGreaterThan(0.5 / 1.25);
      expect((rows?.size ?? 0) / (columns?.size ?? 0)).toBeLessThan(2 * 1.25);
      corners.add(String(places[0]));
    }
    expect(corners.size).toBeGreaterThan(100);
  });

  test("erasing hits as many images as it should", () => {
    const hit = all(randomErasing({ probability: 0.25, area: [1, 1], aspect: [1, 1] }), ones([2000, 2, 2]));
    const count = hit.filter((value) => value === 0).length / 4;
    expect(Math.abs(count - 500)).toBeLessThan(4 * Math.sqrt(2000 * 0.25 * 0.75));
  });
});

describe("seeds", () => {
  const distort = augment([randomShift(2), randomElastic(9, 2), randomNoise(0.1), randomErasing()]);

  test("the same seed gives the same bytes, another one others, none others each time", () => {
    const by = (seed?: number): number[] => [...distort(images, seed === undefined ? {} : { seed }).dataSync()];
    expect(by(1)).toEqual(by(1));
    expect(by(2)).not.toEqual(by(1));
    expect(by()).not.toEqual(by());
  });

  test("an image is changed by its index, whatever else is in the minibatch", () => {
    const whole = distort(images, { seed: 4, indices: [7, 5, 900, 0, 1] }).dataSync();
    const [row] = [
      images
        .reshape([5, 784])
        .dataSync()
        .slice(784, 2 * 784),
    ];
    const alone = distort(tensor(row, { shape: [1, 784] }), { seed: 4, indices: [5] }).dataSync();
    expect([...alone]).toEqual([...whole.slice(784, 2 * 784)]);
  });

  test("a rotation is the same in every engine: cosine and sine are right to the last bits, quarters exact", () => {
    for (let degrees = -720; degrees <= 720; degrees += 7.3) {
      const [cosine, sine] = turn(degrees);
      expect(cosine).toBeCloseTo(Math.cos((degrees * Math.PI) / 180), 14);
      expect(sine).toBeCloseTo(Math.sin((degrees * Math.PI) / 180), 14);
    }
    expect([0, 90, 180, 270, -90].map((d) => turn(d).map((v) => v + 0))).toEqual([
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
      [0, -1],
    ]);
  });
});

describe("shapes and dtypes", () => {
  test.each([[[2, 784]], [[2, 28, 28]], [[2, 3, 5, 7]], [[0, 784]], [[2, 1, 1]]])("%j stay as they are", (shape) => {
    for (const dtype of ["float32", "float64"] as const) {
      const result = augment([randomShift(1), randomNoise(1)])(zeros(shape, { dtype }));
      expect([result.shape, result.dtype]).toEqual([shape, dtype]);
    }
  });

  test.each([[[784]], [[]], [[2, 785]], [[1, 2, 3, 4, 5]]])("%j are none of images", (shape) => {
    expect(() => augment([])(zeros(shape))).toThrow(ShapeError);
    expect(() => augment([])(zeros(shape))).toThrow(/^augment: images must be \[n, channels, height, width\], /);
  });

  test("the input stays as it was", () => {
    const x = ones([1, 4]);
    augment([randomNoise(1)])(x);
    expect([...x.dataSync()]).toEqual([1, 1, 1, 1]);
  });

  test("whole numbers are refused", () => {
    expect(() => augment([])(zeros([1, 4], { dtype: "int32" }))).toThrow(DTypeError);
  });
});

test.each<[() => unknown, string]>([
  [() => randomShift(-1), "randomShift: pixels must be a number from 0 or a range [low, high], got -1"],
  [() => randomShift(1, [2, 1]), "randomShift: pixels must be a number from 0 or a range [low, high], got [2,1]"],
  [() => randomRotation(Number.NaN), "randomRotation: degrees must be a number from 0 or a range [low, high], got NaN"],
  [() => randomZoom(1), "randomZoom: factors must be above 0, got 0 to 2"],
  [() => randomShear(90), "randomShear: degrees must be above -90 and below 90, got -90 to 90"],
  [() => randomFlip(1.5), "randomFlip: probability must be a number from 0 to 1, got 1.5"],
  [() => randomElastic(34, 0), "randomElastic: alpha must be finite and sigma finite and above 0, got 34 and 0"],
  [() => randomNoise(-1), "randomNoise: standardDeviation must be a number from 0, got -1"],
  [
    () => randomErasing({ area: [0, 2] }),
    "randomErasing: area must be a range of numbers above 0, at most 1, got [0, 2]",
  ],
  [
    () => augment([randomFlip as never]),
    "augment: steps must be distortions such as randomShift(2), got function: call the function that makes one",
  ],
  [
    () => augment([])(zeros([2, 4]), { indices: [1] }),
    "augment: indices must have one for each of the 2 images, got 1 of them",
  ],
])("a wrong argument is refused: %#", (call, message) => {
  expect(call).toThrow(ArgumentError);
  expect(call).toThrow(message);
});
