import { argmax, equal, mean, type Tensor, tidy } from "@dlcc/tensor";

/**
 * The share of examples whose largest output is at their label.
 *
 * @param outputs `[n, classes]`. @param labels `int32 [n]`.
 * @returns A scalar from 0 to 1.
 * @example
 * ```ts
 * import { tensor } from "@dlcc/tensor";
 * import { accuracy } from "@dlcc/train";
 *
 * const outputs = tensor([[0.9, 0.1], [0.2, 0.8]]);
 * console.log(await accuracy(outputs, tensor([0, 0], { dtype: "int32" })).item()); // → 0.5
 * ```
 */
export const accuracy = (outputs: Tensor, labels: Tensor): Tensor =>
  tidy(() => mean(equal(argmax(outputs, 1), labels).cast("float32")));
