import { argmax, assertLabels, assertTensor, equal, mean, ShapeError, type Tensor, tidy } from "@dlcc/tensor";

/**
 * The share of examples whose largest output is at their label.
 *
 * @param outputs `[n, classes]`, of two classes or more. @param labels `int32 [n]`.
 * @returns A scalar from 0 to 1.
 * @throws {ShapeError} if outputs and labels don't have these shapes.
 * @throws {ArgumentError} if a label is outside the classes, where the backend can tell.
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
  assertTensor("accuracy", outputs);
  assertTensor("accuracy", labels);
  const [n, classes] = outputs.shape;
  const refuse = (why: string): never => {
    throw new ShapeError(`accuracy: outputs [${outputs.shape}] and labels [${labels.shape}] ${why}`);
  };
  // With other shapes, broadcasting would compare each label with each guess.
  if (outputs.rank !== 2 || labels.rank !== 1 || labels.shape[0] !== n) {
    refuse("must be [n, classes] and [n]: reshape them, or argmax one-hot labels");
  }
  if (classes === 1) refuse("have one class, which is always right: compare o.greater(0)");
  assertLabels("accuracy", labels, classes as number);
  return tidy(() => {
    const guesses = argmax(outputs, 1);
    return mean(equal(guesses, labels).cast("float32"));
  });
}
