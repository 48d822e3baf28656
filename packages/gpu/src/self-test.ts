/** Does the device compute rightly? Compares the ops that training needs with the cpu backend. */
import {
  abs,
  argmax,
  type Backend,
  BackendError,
  cast,
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
  log: (_, b) => log(abs(b).add(0.5)),
  softmax: (a) => softmax(a),
  sum: (a) => sum(a, 0),
  max: (a) => max(a, 1),
  argmax: (a) => cast(argmax(a, 1), "float32"),
};

/** Odd sizes, so that nothing fits by chance. */
const [rows, columns] = [33, 47];

/**
 * Computes on the device and on cpu.
 *
 * @throws {BackendError} if an op is off by more than the tolerance; with all figures.
 */
export async function selfTest(backend: Backend, title: string): Promise<Errors> {
  const errors: Record<string, number> = {};
  const on = (where: Backend): [Tensor, Tensor] =>
    tidy(() => [
      randn([rows, columns], { seed: 1, backend: where }),
      randn([rows, columns], { seed: 2, backend: where }),
    ]);
  const [there, here] = [on(backend), on(cpu)];
  try {
    for (const [op, compute] of Object.entries(ops)) {
      const [result, expected] = [tidy(() => compute(...there)), tidy(() => compute(...here))];
      errors[op] = largestError(await result.data(), await expected.data());
      result.dispose();
      expected.dispose();
    }
  } finally {
    for (const t of [...there, ...here]) t.dispose();
  }
  const wrong = Object.entries(errors).filter(([, error]) => !(error <= tolerance));
  if (wrong.length === 0) return errors;
  const figures = wrong.map(([op, error]) => `${op} ${error.toExponential(1)}`).join(", ");
  throw new BackendError(
    `${title} computes wrongly: relative errors of ${figures}, where ${tolerance} is allowed; a newer driver may help`,
  );
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
