import { ArgumentError, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import type { Tensor } from "../tensor.ts";
import { assertList, assertTensor } from "./checks.ts";
import { broadcastTo, reshape, transpose } from "./views.ts";

/**
 * The coordinates of the points of a grid, from the coordinates along each axis, as PyTorch's `meshgrid`; views. The k-th
 * result has the k-th vector along its axis k, and repeats it along all others.
 *
 * @param vectors `[n₀], [n₁], …`; a scalar is one point.
 * @param options `indexing`: `"ij"`: axis k of the results is the k-th vector's. `"xy"`, NumPy's default: the first two axes are
 * swapped, as in pictures, where x runs along the columns. Default: `"ij"`.
 * @returns As many tensors as there are vectors, each `[n₀, n₁, …]`, or `[n₁, n₀, …]`.
 * @throws {ShapeError} if a tensor has more than one axis.
 * @throws {ArgumentError} if there is no tensor, or the indexing is neither of the two.
 * @example
 * ```ts
 * import { meshgrid, tensor } from "@dlcc/tensor";
 * const [rows, columns] = meshgrid([tensor([1, 2]), tensor([3, 4, 5])]);
 * console.log(await rows?.array()); // → [ [ 1, 1, 1 ], [ 2, 2, 2 ] ]
 * console.log(await columns?.array()); // → [ [ 3, 4, 5 ], [ 3, 4, 5 ] ]
 * ```
 */
export function meshgrid(vectors: readonly Tensor[], options: { readonly indexing?: "ij" | "xy" } = {}): Tensor[] {
  assertList("meshgrid", "vectors", vectors);
  const indexing = options?.indexing ?? "ij";
  assertTensor("meshgrid", vectors[0]);
  for (const x of vectors) {
    assertTensor("meshgrid", x);
    if (x.rank > 1) throw new ShapeError(`meshgrid: each tensor must be a vector or a scalar, got ${show(x.shape)}`);
  }
  if (indexing !== "ij" && indexing !== "xy") {
    throw new ArgumentError(`meshgrid: indexing must be "ij" or "xy", got ${JSON.stringify(indexing)}`);
  }
  const shape = vectors.map((x) => x.size);
  return vectors.map((x, k) =>
    tidy(() => {
      const grid = broadcastTo(
        reshape(
          x,
          shape.map((length, axis) => (axis === k ? length : 1)),
        ),
        shape,
      );
      return indexing === "xy" && shape.length > 1 ? transpose(grid, 0, 1) : grid;
    }),
  );
}
