/** Does the device compute rightly? Compares the ops that training needs with the cpu backend. */
import {
  argmax,
  type Backend,
  BackendError,
  cast,
  conv2d,
  cpu,
  exp,
  log,
  matmul,
  max,
  randn,
  relu,
  sigmoid,
  softmax,
  sum,
  type Tensor,
  tanh,
  tidy,
} from "@dlcc/tensor";

/** The largest error of each op: relative to the result's largest element. */
type Errors = Readonly<Record<string, number>>;

/** Rounding errors are smaller than this; a device that is farther off computes something else. */
const tolerance = 1e-4;

/** What is computed of two matrices. */
const ops: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
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
  int32: (a) => cast(cast(a.mul(1e8), "int32").mul(3), "float32"),
  conv2d: (a, b) => conv2d(a.reshape([1, 3, 11, 47]), b.reshape([11, 3, 1, 47]), undefined, { padding: [0, 2] }),
};

/** Odd sizes, so that nothing fits by chance. */
const [rows, columns] = [33, 47];

/**
 * Computes on the device and on cpu.
 *
 * @throws {BackendError} if an op is off by more than the tolerance; with all figures.
 */
export async function selfTest(backend: Backend, title: string): Promise<Errors> {
  const on = (where: Backend): [Tensor, Tensor] =>
    tidy(() => [
      randn([rows, columns], { seed: 1, backend: where }),
      randn([rows, columns], { seed: 2, backend: where }),
    ]);
  const [there, here] = [on(backend), on(cpu)];
  try {
    // All are asked for before the first is read, so that the device compiles them side by side.
    const measured = Object.entries(ops).map(async ([op, compute]) => {
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
      `createWebGpu: ${title} computes wrongly: relative errors of ${figures}, where ${tolerance} is allowed; a newer driver may help`,
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
