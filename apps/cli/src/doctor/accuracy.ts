/** Checks a backend's numbers: the ops of training, compared with the same in float64. */
import {
  type Backend,
  cpu,
  exp,
  log,
  matmul,
  randn,
  sigmoid,
  softmax,
  sum,
  type Tensor,
  tanh,
  tidy,
} from "@dlcc/tensor";

/** The ops, on two matrices. */
const ops: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
  (a, b) => matmul(a, b.transpose()),
  (a) => exp(a),
  (_, b) => log(b.mul(b).add(1)),
  (a) => sigmoid(a),
  (a) => tanh(a),
  (a) => softmax(a),
  (a) => sum(a, 0),
];

/** The largest error of all ops: relative to the largest element of the op's result. */
export async function largestError(backend: Backend): Promise<number> {
  const draw = (seed: number): Tensor => randn([33, 47], { seed });
  const exact = [draw(1).cast("float64"), draw(2).cast("float64")] as const;
  const [a, b] = await Promise.all([draw(1).to(backend), draw(2).to(backend)]);
  let worst = 0;
  for (const op of ops) {
    const result = tidy(() => op(a, b));
    const expected = Array.from(await tidy(() => op(...exact)).data());
    const got = await result.data();
    result.dispose();
    const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    expected.forEach((value, i) => {
      const error = Math.abs((got[i] ?? Number.NaN) - value) / scale;
      if (!(error <= worst)) worst = error; // This keeps a NaN.
    });
  }
  if (backend !== cpu) for (const t of [a, b]) t.dispose();
  return worst;
}
