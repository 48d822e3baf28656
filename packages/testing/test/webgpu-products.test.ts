/** Every kernel of products against float64: sizes around those of the tiles, all transposes, bias and activation, splits of k. */
import {
  type FusedActivation,
  Generator,
  linear,
  matmul,
  permute,
  slice,
  type Tensor,
  tensor,
  tidy,
} from "@dlcc/tensor";
import { expect, test } from "vitest";
import { describeWebGpu, testBackend } from "./fixtures/webgpu.ts";

/** A matrix of numbers from −1 to 1. */
const draw = (size: number, seed: number): Float32Array => {
  const random = new Generator(seed);
  return Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
};

/** [m, n, k] of products. Each runs with both factors as they are and transposed. */
const shapes: readonly (readonly [m: number, n: number, k: number])[] = [
  [64, 64, 64], // whole tiles: no guards
  [33, 31, 29], // nothing divides by 4
  [60, 68, 20], // vectors, but no whole tile
  [65, 130, 17],
  [128, 128, 300], // k is split, and its last part is shorter
  [128, 10, 784], // few columns
  [10, 128, 257], // few rows
  [16, 64, 1024],
  [1, 130, 784], // a vector and a matrix
  [4, 1000, 65],
  [100, 3, 500],
  [520, 516, 40], // enough tiles for the large ones
];

/** Σ a b and Σ |a b|, in float64. */
function reference(a: Float32Array, b: Float32Array, [m, n, k]: readonly [number, number, number]) {
  const [sums, sizes] = [new Float64Array(m * n), new Float64Array(m * n)];
  for (let i = 0; i < m; i++) {
    for (let q = 0; q < k; q++) {
      const v = a[i * k + q] as number;
      for (let j = 0; j < n; j++) {
        const term = v * (b[q * n + j] as number);
        (sums[i * n + j] as number) += term;
        (sizes[i * n + j] as number) += Math.abs(term);
      }
    }
  }
  return { sums, sizes };
}

const turned = (data: Float32Array, rows: number, columns: number): Float32Array =>
  data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number);

/** An error of a unit in the last place for each term is what a sum in any order stays below. */
const isClose = (got: number, wanted: number, size: number, terms: number): boolean =>
  Math.abs(got - wanted) <= (terms + 2) * 2 ** -24 * Math.max(size, 1e-3);

await describeWebGpu("products on webgpu", (backend) => {
  const place = (data: Float32Array, rows: number, columns: number, transposed: boolean): Tensor =>
    transposed
      ? permute(tensor(turned(data, rows, columns), { shape: [columns, rows], backend }), [1, 0])
      : tensor(data, { shape: [rows, columns], backend });

  test.each(shapes)("[%d × %d], summed over %d, are those of float64, however the factors lie", async (m, n, k) => {
    const [a, b] = [draw(m * k, 1), draw(k * n, 2)];
    const { sums, sizes } = reference(a, b, [m, n, k]);
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const c = tidy(() => matmul(place(a, m, k, ta), place(b, k, n, tb)));
      const got = await c.data();
      const wrong = got.findIndex((value, i) => !isClose(value, sums[i] as number, sizes[i] as number, k));
      expect(wrong, `transposed: ${ta}, ${tb}; got ${got[wrong]}, not ${sums[wrong]}`).toBe(-1);
      c.dispose();
    }
  });

  test.each([
    ["relu", (v: number) => Math.max(v, 0)],
    ["tanh", Math.tanh],
    ["sigmoid", (v: number) => 1 / (1 + Math.exp(-v))],
    [undefined, (v: number) => v],
  ] as const)("a layer with %s and a bias, whether k is split or not", async (activation, f) => {
    for (const [m, n, k] of [
      [64, 100, 50],
      [64, 10, 784],
      [2, 70, 300],
      [72, 72, 1030],
    ] as const) {
      const [x, w, b] = [draw(m * k, 1), draw(n * k, 2), draw(n, 3)];
      const { sums, sizes } = reference(x, turned(w, n, k), [m, n, k]);
      const y = tidy(() => {
        const [input, weight] = [place(x, m, k, false), place(w, n, k, false)];
        return linear(input, weight, tensor(b, { backend }), activation as FusedActivation | undefined);
      });
      const got = await y.data();
      const wanted = sums.map((sum, i) => f(sum + (b[i % n] as number)));
      const wrong = got.findIndex((v, i) => !isClose(v, wanted[i] as number, (sizes[i] as number) + 1, k + 8));
      expect(wrong, `[${[m, n, k]}]: got ${got[wrong]}, not ${wanted[wrong]}`).toBe(-1);
      y.dispose();
    }
  });

  test("matrices in a row, one of them for all, and views that begin anywhere", async () => {
    const [a, b] = [draw(3 * 40 * 36, 1), draw(36 * 44, 2)];
    const y = tidy(() => {
      const left = tensor(a, { shape: [3, 40, 36], backend });
      return matmul(slice(left, [0, 3], [1, 40], [2, 35]), slice(place(b, 36, 44, false), [1, 34], [3, 44]));
    });
    const got = await y.data();
    for (let z = 0; z < 3; z++) {
      const part = (i: number, j: number): number => a[(z * 40 + 1 + i) * 36 + 2 + j] as number;
      const left = Float32Array.from({ length: 39 * 33 }, (_, i) => part(Math.floor(i / 33), i % 33));
      const right = Float32Array.from(
        { length: 33 * 41 },
        (_, i) => b[(1 + Math.floor(i / 41)) * 44 + 3 + (i % 41)] as number,
      );
      const { sums, sizes } = reference(left, right, [39, 41, 33]);
      const wrong = sums.findIndex(
        (sum, i) => !isClose(got[z * sums.length + i] as number, sum, sizes[i] as number, 33),
      );
      expect(wrong).toBe(-1);
    }
    y.dispose();
  });

  test("of whole numbers are exact modulo 2³²", async () => {
    const [m, n, k] = [40, 36, 44];
    const random = new Generator(1);
    const whole = (size: number) => Int32Array.from({ length: size }, () => (random.uniform() - 0.5) * 2 ** 32);
    const [a, b] = [whole(m * k), whole(k * n)];
    const y = tidy(() => matmul(tensor(a, { shape: [m, k], backend }), tensor(b, { shape: [k, n], backend })));
    const wanted = Int32Array.from({ length: m * n }, (_, i) => {
      let sum = 0;
      for (let q = 0; q < k; q++)
        sum = (sum + Math.imul(a[Math.floor(i / n) * k + q] as number, b[q * n + (i % n)] as number)) | 0;
      return sum;
    });
    expect(await y.data()).toEqual(wanted);
    y.dispose();
  });

  test("have the same bits each time", async () => {
    const run = async (): Promise<Float32Array> => {
      const y = tidy(() =>
        matmul(place(draw(128 * 300, 1), 128, 300, false), place(draw(300 * 128, 2), 300, 128, false)),
      );
      const data = (await y.data()) as Float32Array;
      y.dispose();
      return data;
    };
    expect(await run()).toEqual(await run());
  });
});

await describeWebGpu("products on webgpu, tuned", () => {
  test("try the tiles once for a class of shapes, and are right with each and afterwards", async () => {
    const backend = await testBackend({ tune: true });
    const run = async (m: number, n: number, k: number): Promise<void> => {
      const [x, w, b] = [draw(m * k, 1), draw(n * k, 2), draw(n, 3)];
      const { sums, sizes } = reference(x, turned(w, n, k), [m, n, k]);
      const y = tidy(() =>
        linear(
          tensor(x, { shape: [m, k], backend }),
          tensor(w, { shape: [n, k], backend }),
          tensor(b, { backend }),
          "relu",
        ),
      );
      const got = await y.data();
      y.dispose();
      const wrong = sums.findIndex((sum, i) => {
        const wanted = Math.max(sum + (b[i % n] as number), 0);
        return !isClose(got[i] as number, wanted, (sizes[i] as number) + 1, k);
      });
      expect(wrong, `[${[m, n, k]}]: got ${got[wrong]}, not ${sums[wrong]}`).toBe(-1);
    };
    const before = backend.memory.kernels;
    await run(256, 256, 256);
    const tried = backend.memory.kernels;
    expect(tried - before).toBeGreaterThanOrEqual(3); // The three tiles.
    await run(256, 256, 256);
    await run(320, 256, 256); // Of the same class; its tiles are whole, too.
    expect(backend.memory.kernels).toBe(tried);
    await backend.flush();
    expect(backend.memory).toMatchObject({ storages: 0, buffers: 0 });
    await backend.dispose();
  });
});
