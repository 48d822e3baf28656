/** Examples as rows, of which some are drawn at a time. */
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

/** How many examples there are: the length of the first axis, which images and labels share. */
export function countExamples(op: string, images: Tensor, labels: Tensor): number {
  for (const [name, value] of Object.entries({ images, labels })) {
    // Asked by its shape: another copy of the package has tensors, too.
    if (Array.isArray(value?.shape)) continue;
    throw new ArgumentError(`${op}: the ${name} must be a tensor, got ${kindOf(value)}: was an await forgotten?`);
  }
  const [count, labelled] = [images.shape[0], labels.shape[0]];
  if (count === undefined || count !== labelled) {
    throw new ShapeError(
      `${op}: images [${images.shape}] and labels [${labels.shape}] must have as many rows: the first axis counts the examples`,
    );
  }
  if (count > 0) return count;
  throw new ShapeError(`${op}: there are no examples in images [${images.shape}] and labels [${labels.shape}]`);
}

/** What something is called that should have been a tensor: its class, or its type. */
const kindOf = (value: unknown): string => (value as object | undefined)?.constructor?.name ?? String(value);

/** Draws the rows at some indices, one after the other, into a new storage. */
export type DrawRows = (indices: Int32Array) => Storage;

/** Devices have kernels for it. The one for cpu, that of `ops.gather`, is left out: half a kilobyte more in a bundle. */
const gather: Computed<"gather"> = { name: "gather" };

/**
 * Makes ready to draw a tensor's rows: on its own device, where the storages are to be there, too; else on the host, from
 * where they are uploaded.
 *
 * @param most How many indices there will be at a time, at most the tensor's rows.
 * @throws {BackendError} if the tensor is on another device, which can't be read at once.
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
    // A row of one number, as labels have, is not worth two views.
    if (length === 1) for (let i = 0; i < indices.length; i++) to[i] = from[indices[i] as number] as number;
    else indices.forEach((index, i) => void to.set(from.subarray(index * length, (index + 1) * length), i * length));
    return backend.upload(to.subarray(0, indices.length * length), tensor.dtype);
  };
}

/** The elements in order. What lies so in the cpu backend, whose storages are arrays, is not copied: MNIST is 188 MB. */
function elements(tensor: Tensor): TypedArray {
  if (tensor.backend !== cpu || !isContiguous(tensor.shape, tensor.strides)) return tensor.dataSync();
  return (viewOf(tensor).storage as TypedArray).subarray(tensor.offset, tensor.offset + tensor.size);
}
