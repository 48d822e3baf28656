/** Draws some of the examples, which are the rows of a tensor. */
import {
  ArgumentError,
  type Backend,
  type Computed,
  cpu,
  fromStorage,
  isContiguous,
  ShapeError,
  type Storage,
  type Tensor,
  type TypedArray,
  viewOf,
} from "@dlcc/tensor";

/** The number of examples: the length of the first axis, which images and labels share. */
export function countExamples(op: string, images: Tensor, labels: Tensor): number {
  for (const [name, value] of Object.entries({ images, labels })) {
    // By its shape, not by `instanceof`: a tensor may come from another copy of the package.
    if (Array.isArray(value?.shape)) continue;
    throw new ArgumentError(`${op}: ${name} must be a tensor, got ${kindOf(value)}: is an await missing?`);
  }
  const [count, labelled] = [images.shape[0], labels.shape[0]];
  if (count === undefined || count !== labelled) {
    throw new ShapeError(
      `${op}: images and labels must have the same number of rows, got [${images.shape}] and [${labels.shape}]: the first axis counts the examples`,
    );
  }
  if (count > 0) return count;
  throw new ShapeError(
    `${op}: images and labels must have at least one example, got [${images.shape}] and [${labels.shape}]`,
  );
}

/** The class of a value that should have been a tensor. */
const kindOf = (value: unknown): string => (value as object | undefined)?.constructor?.name ?? String(value);

/** Copies the rows at some indices, one after the other, into a new storage. */
export type DrawRows = (indices: Int32Array) => Storage;

/** Devices have a kernel for it. The cpu's kernel comes with `ops.gather` and would add half a kilobyte to a bundle. */
const gather: Computed<"gather"> = { name: "gather" };

/**
 * Prepares to draw a tensor's rows: on its own device if the storages are for that device, too; otherwise on the host,
 * which uploads them.
 *
 * @param most The most indices at a time, at most the tensor's rows.
 * @throws {BackendError} if the tensor is on another device that can't be read synchronously.
 */
export function rowDrawer(tensor: Tensor, most: number, backend: Backend): DrawRows {
  const kernel = tensor.backend === backend ? backend.kernel(gather) : undefined;
  if (kernel) {
    return (indices) => {
      const at = fromStorage(backend, backend.upload(indices, "int32"), "int32", [indices.length]);
      const [storage] = kernel({ axis: 0 }, [viewOf(tensor), viewOf(at)], []);
      at.dispose();
      return storage as Storage;
    };
  }
  const length = tensor.size / (tensor.shape[0] as number);
  const from = elements(tensor);
  const to = from.slice(0, most * length);
  return (indices) => {
    // For rows of one number, such as labels, two views a row would be slow.
    if (length === 1) for (let i = 0; i < indices.length; i++) to[i] = from[indices[i] as number] as number;
    else indices.forEach((index, i) => void to.set(from.subarray(index * length, (index + 1) * length), i * length));
    return backend.upload(to.subarray(0, indices.length * length), tensor.dtype);
  };
}

/** The elements in order. Contiguous data on cpu, whose storages are arrays, is not copied: MNIST has 188 MB. */
function elements(tensor: Tensor): TypedArray {
  if (tensor.backend !== cpu || !isContiguous(tensor.shape, tensor.strides)) return tensor.dataSync();
  return (viewOf(tensor).storage as TypedArray).subarray(tensor.offset, tensor.offset + tensor.size);
}
