import { type CustomAttributes, custom, type Tensor } from "@dlcc/tensor";

/**
 * An op of one's own: a value, and the rule for its derivative. Use it where the derivative that follows from the parts
 * is not the one that is wanted, or not as stable or as fast as it could be.
 *
 * @param options.name The name in messages and in recorders.
 * @param options.forward Computes the value from tensors; whatever happens inside is not recorded.
 * @param options.backward Given ∂C/∂output, the inputs and the output: one ∂C/∂input for each input, of its shape, or
 * undefined where there is none. Written in tensor ops, so that it can be differentiated, too.
 * @returns A function that can be used like any other op.
 * @example
 * ```ts
 * import { customOp, grad } from "@dlcc/autograd";
 * import { abs, step, tensor } from "@dlcc/tensor";
 *
 * // The perceptron's step has derivative 0; a network of them can learn if we pretend that it is 1 near the step.
 * const straightThrough = customOp({
 *   name: "straightThrough",
 *   forward: (x) => step(x),
 *   backward: (gradient, [x]) => [gradient.mul(abs(x).less(1).cast("float32"))],
 * });
 * console.log(await grad((x) => straightThrough(x).sum())(tensor([-2, 0.5])).array()); // → [ 0, 1 ]
 * ```
 */
export function customOp<I extends readonly Tensor[]>(options: {
  readonly name: string;
  readonly forward: (...inputs: I) => Tensor;
  readonly backward: (gradient: Tensor, inputs: I, output: Tensor) => readonly (Tensor | undefined)[];
}): (...inputs: I) => Tensor {
  return (...inputs) => custom(options as unknown as CustomAttributes, ...inputs);
}
