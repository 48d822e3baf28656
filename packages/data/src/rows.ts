/** Examples as rows on the host, where they are gathered before they go to a backend. */
import { ArgumentError, BackendError, cpu, isContiguous, ShapeError, type Tensor, type TypedArray } from "@dlcc/tensor";

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

/** Copies the rows at some indices, one after the other, into an array that the next call writes to again. */
export type GatherRows = (indices: Int32Array) => TypedArray;

/**
 * Makes ready to gather a tensor's rows, by copies of contiguous memory.
 *
 * @param most How many indices there will be at a time, at most the tensor's rows.
 * @throws {BackendError} if the tensor is on a device that can't be read at once.
 */
export function rowGatherer(op: string, tensor: Tensor, most: number): GatherRows {
  const length = tensor.shape.slice(1).reduce((product, n) => product * n, 1);
  const from = elements(op, tensor);
  const to = from.slice(0, most * length);
  return (indices) => {
    // A row of one number, as labels have, is not worth two views.
    if (length === 1) for (let i = 0; i < indices.length; i++) to[i] = from[indices[i] as number] as number;
    else indices.forEach((index, i) => void to.set(from.subarray(index * length, (index + 1) * length), i * length));
    return to.subarray(0, indices.length * length);
  };
}

/** The elements in order. What lies so in the cpu backend, whose storages are arrays, is not copied: MNIST is 188 MB. */
function elements(op: string, tensor: Tensor): TypedArray {
  const { backend, storage, offset, size } = tensor;
  if (backend === cpu && isContiguous(tensor.shape, tensor.strides))
    return (storage as TypedArray).subarray(offset, offset + size);
  if (backend.readSync) return tensor.dataSync();
  throw new BackendError(
    `${op}: the examples are on ${backend.name}, which can't be read at once: keep them on cpu; { backend } says where the minibatches go`,
  );
}
