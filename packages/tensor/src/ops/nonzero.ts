import type { Tensor } from "../tensor.ts";
import { assertTensor } from "./checks.ts";

/**
 * Where a tensor is not 0, as NumPy's `argwhere` and PyTorch's `nonzero`: a row of indices for each such element, in
 * row-major order. NaN is not 0.
 *
 * How many there are depends on the values, so they are read: it must be awaited, and is no op of a tape. The result belongs
 * to no `tidy`: on backends other than `cpu`, dispose of it. Where the number of elements may stay, `where` and
 * `maskedFill` do without reading.
 *
 * @param x Any shape and dtype.
 * @returns `int32 [count, rank]`, on the backend of `x`.
 * @throws {ArgumentError} if `x` is not a tensor.
 * @example
 * ```ts
 * import { nonzero, tensor } from "@dlcc/tensor";
 * const places = await nonzero(tensor([[0, 5], [3, 0]]));
 * console.log(await places.array()); // → [ [ 0, 1 ], [ 1, 0 ] ]
 * ```
 */
export async function nonzero(x: Tensor): Promise<Tensor> {
  assertTensor("nonzero", x);
  const { shape, rank } = x;
  const places: number[] = [];
  (await x.data()).forEach((value, place) => {
    if (value !== 0) places.push(place);
  });
  const indices = new Int32Array(places.length * rank);
  places.forEach((place, row) => {
    let rest = place;
    for (let axis = rank - 1; axis >= 0; axis--) {
      const length = shape[axis] as number;
      indices[row * rank + axis] = rest % length;
      rest = Math.floor(rest / length);
    }
  });
  return x.upload(indices, "int32", [places.length, rank]);
}
