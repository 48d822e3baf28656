import { argmax, equal, mean, ShapeError, type Tensor, tidy } from "@dlcc/tensor";

/**
 * The share of examples whose largest output is at their label.
 *
 * @param outputs `[n, classes]`, of two classes or more. @param labels `int32 [n]`.
 * @returns A scalar from 0 to 1.
 * @throws {ShapeError} if outputs and labels don't have these shapes.
 * @example
 * ```ts
 * import { tensor } from "@dlcc/tensor";
 * import { accuracy } from "@dlcc/train";
 *
 * const outputs = tensor([[0.9, 0.1], [0.2, 0.8]]);
 * console.log(await accuracy(outputs, tensor([0, 0], { dtype: "int32" })).item()); // → 0.5
 * ```
 */
export function accuracy(outputs: Tensor, labels: Tensor): Tensor {
  const [n, classes] = outputs.shape;
  const shapes = `accuracy: outputs [${outputs.shape.join(",")}] and labels [${labels.shape.join(",")}]`;
  // With other shapes, broadcasting would compare each label with each guess.
  if (outputs.rank !== 2 || labels.rank !== 1 || labels.shape[0] !== n) {
    throw new ShapeError(`${shapes} must be [n, classes] and [n]: reshape them, or argmax one-hot labels`);
  }
  if (classes === 1)
    throw new ShapeError(`${shapes} have one class, which is always right: compare o.greater(0) instead`);
  return tidy(() => mean(equal(argmax(outputs, 1), labels).cast("float32")));
}
