import { Generator, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { convolutionParameters, featureMap, learnKernels, trainBlocks } from "../src/index.ts";

describe("a feature map", () => {
  test("is the kernel's weighted sum at each place where it fits", () => {
    const image = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 10],
    ];
    const kernel = [
      [1, 0],
      [0, -1],
    ];
    expect(featureMap(image, kernel)).toEqual([
      [1 - 5, 2 - 6],
      [4 - 8, 5 - 10],
    ]);
  });
  test("moves with what is in the image", () => {
    const row = [0, 0, 1, 1, 0, 0, 0];
    const right = [0, ...row.slice(0, -1)];
    const [map = [], moved = []] = [row, right].map((line) => featureMap([line], [[-1, 1]])[0] ?? []);
    expect(moved).toEqual([0, ...map.slice(0, -1)]);
  });
  test("of a kernel that is larger than the image has no place", () => {
    expect(featureMap([[1]], [[1, 1]])).toEqual([[]]);
  });
});

describe("the parameters of a convolution", () => {
  test("are those that LeCun et al. 1998 give for the layers C1 of LeNet-5, and C3 if all its kernels saw all maps", () => {
    expect(convolutionParameters(1, 6, 5)).toBe(156);
    expect(convolutionParameters(6, 16, 5)).toBe(2416);
  });
});

/** Bars that lie (0) or stand (1), somewhere in pictures of 10×10. */
function bars(count: number, seed: number) {
  const random = new Generator(seed);
  const whole = (n: number): number => Math.floor(random.uniform() * n);
  const labels = Array.from({ length: count }, () => whole(2));
  const images = labels.map((stands) => {
    const [along, across] = [whole(5), whole(6)];
    const pixels = new Array<number>(100).fill(0);
    for (let i = along; i < along + 5; i++) pixels[stands ? i * 10 + across : across * 10 + i] = 1;
    return pixels;
  });
  return { images: tensor(images), labels: tensor(labels, { dtype: "int32" }) };
}

describe("learned kernels", async () => {
  const held = bars(200, 2);
  const options = { kernels: 3, size: 3, epochs: 20, shown: 4, moves: [0, 4] };
  const learned = await learnKernels(bars(100, 1), held, options);

  test("tell bars that lie from bars that stand, also where no training image had one", () => {
    const [here = 0, moved = 0] = learned.convolutional.accuracies;
    expect(here).toBeGreaterThan(0.95);
    expect(moved).toBeGreaterThan(0.85);
    expect(learned.dense.accuracies[1]).toBeLessThan(moved);
  });
  test("have as many parameters as the formulas say: 8×8 places, of which a pool leaves 2×2", () => {
    expect(learned.convolutional.parameters).toBe(convolutionParameters(1, 3, 3) + (3 * 4 + 1) * 2);
    expect(learned.dense.parameters).toBe(101 * 20 + 21 * 2);
  });
  test("find in the image what their feature maps say, plus a bias, above 0", async () => {
    const pixels = [...(await held.images.data())].slice(400, 500);
    expect(learned.image.flat()).toEqual(pixels);
    learned.kernels.forEach((kernel, k) => {
      const sums = featureMap(learned.image, kernel).flat();
      const map = (learned.maps[k] ?? []).flat();
      expect(map).toHaveLength(64);
      const biases = map.flatMap((value, i) => (value > 0 ? [value - (sums[i] ?? 0)] : []));
      const bias = biases[0] ?? 0;
      for (const one of biases) expect(one).toBeCloseTo(bias, 5);
      // Where no place is above 0 the bias can't be told.
      for (const [i, value] of biases.length > 0 ? map.entries() : []) {
        expect(value).toBeCloseTo(Math.max(0, (sums[i] ?? 0) + bias), 5);
      }
    });
    expect(Math.max(...learned.maps.flat(2))).toBeGreaterThan(0);
  });
  test("are the same for the same seed", async () => {
    const few = { ...options, epochs: 1 };
    const [a, b, c] = await Promise.all([5, 5, 6].map((seed) => learnKernels(bars(50, 1), held, { ...few, seed })));
    expect(a?.kernels).toEqual(b?.kernels);
    expect(a?.kernels).not.toEqual(c?.kernels);
  });
});

describe("blocks", () => {
  const at = (shortcut: boolean, normalize: boolean, activation: "sigmoid" | "relu" = "sigmoid", steps = 0) =>
    trainBlocks({ shortcut, normalize, activation, steps });
  /** The gradient of the first block, as a share of the last one's. */
  const share = ({ gradients }: ReturnType<typeof at>): number => (gradients[0] ?? 0) / (gradients.at(-1) ?? 1);

  test("of sigmoids without a shortcut let at most a quarter through, each: (1/4)^19 · ‖W‖^19, with ‖W‖ near 2 at most", () => {
    expect(share(at(false, false))).toBeLessThan((2 / 4) ** 19);
    expect(share(at(true, false))).toBeGreaterThan(0.1);
    expect(share(at(true, true))).toBeGreaterThan(0.1);
  });
  test("of sigmoids learn with shortcuts, and not without: the cost stays at log 2", () => {
    const plain = at(false, false, "sigmoid", 80);
    expect(plain.costs.at(-1)).toBeGreaterThan(0.99 * Math.log(2));
    const helped = at(true, true, "sigmoid", 80);
    expect(helped.costs.at(-1)).toBeLessThan(0.6 * Math.log(2));
    expect(helped.accuracy).toBeGreaterThan(0.85);
    expect(plain.accuracy).toBeLessThan(0.6);
  });
  test("of ReLUs double their sums with a shortcut, and normalization halves them again", () => {
    // He's variance keeps a block's size, so u + f(u) has twice the variance of u: after 20 blocks 2^20 times as much, its size 2^10.
    expect(at(true, false, "relu").costs[0]).toBeGreaterThan(2 ** 8);
    expect(at(true, true, "relu").costs[0]).toBeLessThan(2 ** 4);
  });
  test("have a cost before each step and at the end, and a gradient each", () => {
    const run = trainBlocks({ shortcut: true, normalize: false, depth: 3, steps: 5 });
    expect(run.costs).toHaveLength(6);
    expect(run.gradients).toHaveLength(3);
    expect(trainBlocks({ shortcut: true, normalize: false, depth: 3, steps: 5 })).toEqual(run);
  });
});
