import type { Backend } from "../backend.ts";
import { cpu } from "../cpu/index.ts";
import { BackendError } from "../errors.ts";
import { tidy } from "../memory.ts";
import { argmax, cast, exp, log, matmul, max, relu, sigmoid, softmax, sum, tanh } from "../ops/index.ts";
import { randn } from "../random/samplers.ts";
import type { Tensor } from "../tensor.ts";

/** The largest error of each op: relative to the result's largest element. */
export type Errors = Readonly<Record<string, number>>;

/** Rounding errors are smaller than this; a device that is farther off computes something else. */
const tolerance = 1e-4;

/** What is computed of two matrices, by the op's name. */
type Ops = Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>>;

/** What training needs. */
const usual: Ops = {
  matmul: (a, b) => matmul(a, b.transpose()),
  relu: (a) => relu(a),
  sigmoid: (a) => sigmoid(a),
  tanh: (a) => tanh(a),
  exp: (a) => exp(a),
  log: (_, b) => log(b.mul(b).add(0.5)),
  softmax: (a) => softmax(a),
  sum: (a) => sum(a, 0),
  max: (a) => max(a, 1),
  argmax: (a) => cast(argmax(a, 1), "float32"),
};

/** Odd sizes, so that nothing fits by chance. */
const [rows, columns] = [33, 47];

/**
 * Does a device compute rightly? Computes on it what training needs, of two matrices `[33, 47]`, and compares with cpu.
 *
 * @param title What the error begins with.
 * @param more What else the device must be able to do.
 * @returns For each op the largest error, relative to the result's largest element.
 * @throws {BackendError} if an op is off by more than 1e-4; with all figures that are.
 * @example
 * ```ts
 * import { cpu } from "@dlcc/tensor";
 * import { selfTest } from "@dlcc/tensor/device";
 *
 * const errors = await selfTest(cpu, "createMine: this device", { square: (a) => a.mul(a) });
 * console.log(errors.matmul, errors.square); // → 0 0
 * ```
 */
export async function selfTest(backend: Backend, title: string, more: Ops = {}): Promise<Errors> {
  const on = (where: Backend): [Tensor, Tensor] =>
    tidy(() => [
      randn([rows, columns], { seed: 1, backend: where }),
      randn([rows, columns], { seed: 2, backend: where }),
    ]);
  const [there, here] = [on(backend), on(cpu)];
  try {
    // All are asked for before the first is read, so that the device compiles them side by side.
    const measured = Object.entries({ ...usual, ...more }).map(async ([op, compute]) => {
      const [result, expected] = [tidy(() => compute(...there)), tidy(() => compute(...here))];
      try {
        return [op, largestError(await result.data(), await expected.data())] as const;
      } finally {
        result.dispose();
        expected.dispose();
      }
    });
    const errors = Object.fromEntries(await Promise.all(measured));
    const wrong = Object.entries(errors).filter(([, error]) => !(error <= tolerance));
    if (wrong.length === 0) return errors;
    const figures = wrong.map(([op, error]) => `${op} ${error.toExponential(1)}`).join(", ");
    throw new BackendError(
      `${title} computes wrongly: relative errors of ${figures}, where ${tolerance} is allowed; a newer driver may help`,
    );
  } finally {
    for (const t of [...there, ...here]) t.dispose();
  }
}

/** max |got − expected| / max |expected| */
function largestError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [worst, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((got[i] ?? Number.NaN) - (expected[i] as number));
    if (!(difference <= worst)) worst = difference; // NaN stays.
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return worst / scale;
}
