import { assertCreatable, type CreateOptions, create } from "../create.ts";
import { emptyArray } from "../dtype.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Generator, generatorOf, type Seed } from "./generator.ts";
import { normal } from "./normal.ts";

/** What random tensors take. */
export interface RandomOptions extends CreateOptions {
  /** The same seed gives the same numbers, on every engine and backend. Default: a new one each time. */
  readonly seed?: Seed;
}

function sample(
  op: string,
  shape: Shape,
  options: RandomOptions,
  draw: (generator: Generator) => number,
  scale: number,
  shift: number,
): Tensor {
  assertCreatable(op, shape, options);
  const generator = generatorOf(options.seed);
  const data = emptyArray("float64", sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = shift + scale * draw(generator);
  return create(op, data, shape, options);
}

/**
 * Uniform random numbers, from `low` (inclusive) to `high`; by default from 0 to 1.
 *
 * @example
 * ```ts
 * import { abs, max, uniform } from "@dlcc/tensor";
 * const x = uniform([2, 3], { low: -1, high: 1, seed: 1 });
 * console.log(x.shape, (await max(abs(x)).item()) <= 1); // → [ 2, 3 ] true
 * ```
 */
export const uniform = (
  shape: Shape,
  { low = 0, high = 1, ...options }: RandomOptions & { readonly low?: number; readonly high?: number } = {},
): Tensor => sample("uniform", shape, options, (generator) => generator.uniform(), high - low, low);

/**
 * Normal random numbers; by default of mean 0 and standard deviation 1.
 *
 * @example
 * ```ts
 * import { randn } from "@dlcc/tensor";
 * const x = randn([1000], { seed: 1, mean: 5 });
 * console.log(Math.round(await x.mean().item())); // → 5
 * ```
 */
export const randn = (
  shape: Shape,
  {
    mean = 0,
    standardDeviation = 1,
    ...options
  }: RandomOptions & { readonly mean?: number; readonly standardDeviation?: number } = {},
): Tensor => sample("randn", shape, options, normal, standardDeviation, mean);
