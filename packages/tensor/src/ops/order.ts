/** Order along an axis. Of equal elements, the first one stays first: −0 equals 0. NaN is the largest, as it is to `argmax`. */
import { apply } from "../apply.ts";
import { argsort as argsortKernel } from "../cpu/order.ts";
import { ArgumentError } from "../errors.ts";
import { named } from "../named.ts";
import { define, type KernelOperation } from "../op.ts";
import { normalizeAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertTensor } from "./checks.ts";
import { elementsAt } from "./choosing.ts";
import { slice } from "./movement.ts";

/** Which way to sort. */
export interface SortOptions {
  /** Whether the largest comes first. Default: false. */
  readonly descending?: boolean;
}

/** Which elements to take. */
export interface TopkOptions {
  /** Whether to take the largest, or else the smallest. Default: true. */
  readonly largest?: boolean;
}

const definition: KernelOperation<"argsort"> = {
  name: "argsort",
  results: (_, [x]) => [{ dtype: "int32", shape: x.shape }],
  kernel: ({ axis, descending }, [x]) => argsortKernel(x, axis, descending),
  derivative: () => [],
};

/**
 * The indices that sort along an axis, as `int32`. It is stable: equal elements stay in their order, also from the largest
 * down. NaN counts as the largest, as in NumPy and PyTorch: it comes last, and first from the largest down.
 *
 * @param x Any dtype, and any shape but a scalar's.
 * @param axis Negative ones count from the end. Default: −1.
 * @returns The shape of `x`.
 * @throws {ArgumentError} if the axis is out of range.
 * @example
 * ```ts
 * import { argsort, tensor } from "@dlcc/tensor";
 * const x = tensor([2, 3, 1]);
 * console.log(await argsort(x).array(), await argsort(x, 0, { descending: true }).array()); // → [ 2, 0, 1 ] [ 1, 0, 2 ]
 * ```
 * @function
 */
export const argsort: ((x: Tensor, axis?: number, options?: SortOptions) => Tensor) & KernelOperation<"argsort"> =
  /* @__PURE__ */ define((x: Tensor, axis = -1, { descending = false }: SortOptions = {}): Tensor => {
    assertTensor("argsort", x);
    return apply(argsort, { axis: normalizeAxis("argsort", axis, x.rank), descending }, x);
  }, definition);

/**
 * The elements in order along an axis, as NumPy's `sort` and the `values` of PyTorch's; see {@link argsort} for equal ones
 * and NaN. Each element takes its derivative along.
 *
 * @param x Any dtype, and any shape but a scalar's.
 * @param axis Negative ones count from the end. Default: −1.
 * @returns The shape of `x`.
 * @throws {ArgumentError} if the axis is out of range.
 * @example
 * ```ts
 * import { sort, tensor } from "@dlcc/tensor";
 * const x = tensor([[3, 1, 2], [0, NaN, -1]]);
 * console.log(await sort(x).array()); // → [ [ 1, 2, 3 ], [ -1, 0, NaN ] ]
 * console.log(await sort(x, 0, { descending: true }).array()); // → [ [ 3, NaN, 2 ], [ 0, 1, -1 ] ]
 * ```
 */
export const sort = (x: Tensor, axis: number = -1, options: SortOptions = {}): Tensor =>
  named("sort", () => elementsAt(x, argsort(x, axis, options), normalizeAxis("sort", axis, x.rank)));

/** The largest elements along an axis, and where they are. */
export interface TopK {
  /** The elements, the largest first. */
  readonly values: Tensor;
  /** Their places along the axis, `int32`. */
  readonly indices: Tensor;
}

/**
 * The `k` largest elements along an axis, the largest first, and where they are; as PyTorch's `topk`. Of equal ones, the
 * first are taken. NaN counts as the largest.
 *
 * @param x Any dtype, and any shape but a scalar's.
 * @param k How many, up to the axis's length.
 * @param axis Negative ones count from the end. Default: −1.
 * @returns Both have `k` in the place of the axis's length; the indices are `int32`. The values take their derivatives along.
 * @throws {ArgumentError} if the axis is out of range, or `k` is.
 * @example
 * ```ts
 * import { tensor, topk } from "@dlcc/tensor";
 * const { values, indices } = topk(tensor([5, 7, 6]), 2);
 * console.log(await values.array(), await indices.array()); // → [ 7, 6 ] [ 1, 2 ]
 * ```
 */
export function topk(x: Tensor, k: number, axis: number = -1, { largest = true }: TopkOptions = {}): TopK {
  return named("topk", () => {
    const order = argsort(x, axis, { descending: largest });
    const along = normalizeAxis("topk", axis, x.rank);
    const length = x.shape[along] as number;
    if (!Number.isInteger(k) || k < 0 || k > length) {
      throw new ArgumentError(`topk: k must be a whole number from 0 to ${length}, got ${k}`);
    }
    const indices = slice(order, ...x.shape.map((_, i) => (i === along ? ([0, k] as const) : ([] as const))));
    return { values: elementsAt(x, indices, along), indices };
  });
}
