import { DlccError, Generator, normal, Parameter, permutation, Tensor, tensor, tidy } from "@dlcc/tensor";
import { distinct } from "./tape.ts";
import { type Variable, valueAndGrad } from "./value-and-grad.ts";

/** A derivative that does not agree with the difference quotient. */
export class GradCheckError extends DlccError {
  override readonly name = "GradCheckError";
}

/** How gradients are checked. */
export interface GradCheckOptions {
  /** Of the random cotangent and the sample. Default: 1. */
  readonly seed?: number;
  /** How many elements of each input to check, drawn at random. Default: all. */
  readonly elements?: number;
  /** Half of the difference's width. Default: 1e-5, where cutting it short and rounding cost about the same. */
  readonly epsilon?: number;
  /** How far the two may be apart, relative to the larger of 1 and themselves. Default: 1e-6. */
  readonly tolerance?: number;
}

/**
 * Checks the derivatives of a function against central differences, element by element:
 * `|a − n| ≤ 10⁻⁶ · max(1, |a|, |n|)`, where `n = (C(x + ε) − C(x − ε)) / 2ε` and `C = Σ f(x) · r` with random `r`. (A
 * plain sum in the place of the random `r` would miss gradients that end up in the wrong element.)
 *
 * @param f From tensors to a tensor of any shape. It must be smooth near the inputs: stay away from kinks.
 * @param inputs `float64` tensors, which are passed to `f`; or parameters, which `f` reads by itself.
 * @returns The largest distance found, in units of the tolerance.
 * @throws {GradCheckError} at the first element that is off, with both figures.
 * @example
 * ```ts
 * import { gradCheck } from "@dlcc/autograd";
 * import { randn } from "@dlcc/tensor";
 *
 * const x = randn([3, 4], { seed: 1, dtype: "float64" });
 * const worst = await gradCheck((x) => x.sigmoid().matmul(x.transpose()), [x]);
 * console.log(worst < 1); // → true
 * ```
 */
export async function gradCheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Variable[],
  options: GradCheckOptions = {},
): Promise<number> {
  const { seed = 1, elements = Number.POSITIVE_INFINITY, epsilon = 1e-5, tolerance = 1e-6 } = options;
  const generator = new Generator(seed);
  const cells = inputs.map((input, i) => {
    if (input instanceof Parameter) return input;
    // A tensor that is given twice is two inputs, so the second needs a number of its own.
    return new Parameter(`input ${i}`, inputs.indexOf(input) < i ? distinct(input) : input);
  });
  const backend = cells[0]?.peek().backend;
  if (!backend) throw new GradCheckError("gradCheck: there must be at least one input");
  for (const cell of cells) {
    const { dtype } = cell.peek();
    if (dtype !== "float64") {
      throw new GradCheckError(
        `gradCheck: ${cell.name} must be float64, as differences need its digits, got ${dtype}: cast it with x.cast("float64")`,
      );
    }
  }
  const output = (): Tensor =>
    f(...inputs.flatMap((input, i) => (input instanceof Tensor ? [(cells[i] as Parameter).value] : [])));
  const shape = tidy(() => output().shape);
  const cotangent = tensor(
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => normal(generator)),
    { shape, backend },
  );
  const cost = (): Tensor => output().mul(cotangent).sum();

  const gradients = tidy(() => valueAndGrad(cost, cells).gradients);
  let worst = 0;
  for (const cell of cells) {
    const original = cell.value;
    const data = Float64Array.from(await original.data());
    const analytic = (await gradients.get(cell)?.data()) ?? new Float64Array(data.length);
    const order = permutation(generator, data.length).subarray(0, elements);
    const costAt = async (i: number, x: number): Promise<number> => {
      const moved = data.slice();
      moved[i] = x;
      tidy(() => {
        cell.value = tensor(moved, { shape: original.shape, backend: original.backend });
      });
      return take(tidy(cost), (value) => value.item());
    };
    try {
      for (const i of order) {
        const x = data[i] as number;
        const numeric = ((await costAt(i, x + epsilon)) - (await costAt(i, x - epsilon))) / (2 * epsilon);
        const a = analytic[i] as number;
        const distance = Math.abs(a - numeric) / (tolerance * Math.max(1, Math.abs(a), Math.abs(numeric)));
        if (!(distance <= 1)) {
          throw new GradCheckError(
            `gradCheck: the derivative by ${cell.name} [${original.shape}], element ${i} (at ${x}), is ${a}; by differences it is ${numeric}`,
          );
        }
        worst = Math.max(worst, distance);
      }
    } finally {
      cell.value = original;
      original.dispose();
      gradients.get(cell)?.dispose();
    }
  }
  cotangent.dispose();
  return worst;
}

/** Reads a tensor and disposes of it. */
async function take<T>(value: Tensor, read: (value: Tensor) => Promise<T>): Promise<T> {
  try {
    return await read(value);
  } finally {
    value.dispose();
  }
}
