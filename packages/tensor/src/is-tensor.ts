import type { Tensor } from "./tensor.ts";

/** Marks the tensors of this copy of the package: another copy has a symbol of its own. */
export const brand: unique symbol = Symbol("@dlcc/tensor");

/** Whether a value is a tensor of this copy, for the files below `Tensor`, which know the class as a type alone. */
export const isTensor = (value: unknown): value is Tensor =>
  (value as { readonly [brand]?: true } | null | undefined)?.[brand] === true;
