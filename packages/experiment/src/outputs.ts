/** The kinds of a network's outputs, and their scores. */
import { alias, sigmoid, softmax, type Tensor, tidy } from "@dlcc/tensor";

/**
 * - `logits`: softmax turns them into probabilities, which sum to 1;
 * - `sigmoid-logits`: the sigmoid of each is the network's confidence in that class, independent of the others;
 * - `activations`: they are confidences already: about 1 for the right class, about 0 for the others.
 */
export type OutputKind = "logits" | "sigmoid-logits" | "activations";

/** All of them. */
export const outputKinds: readonly OutputKind[] = ["logits", "sigmoid-logits", "activations"];

/** The name of the scores: probabilities, or activations that are independent of each other. */
export const scoreNames: Readonly<Record<OutputKind, "probabilities" | "activations">> = {
  logits: "probabilities",
  "sigmoid-logits": "activations",
  activations: "activations",
};

/**
 * The outputs as scores, one for each class, about 0 to 1: `[examples, classes]` in and out.
 *
 * @example
 * ```ts
 * import { scores } from "@dlcc/experiment";
 * import { tensor } from "@dlcc/tensor";
 *
 * console.log(await scores(tensor([[0, 0]]), "logits").array()); // → [ [ 0.5, 0.5 ] ]
 * ```
 */
export const scores = (outputs: Tensor, kind: OutputKind): Tensor =>
  tidy(() => {
    if (kind === "logits") return softmax(outputs);
    return kind === "sigmoid-logits" ? sigmoid(outputs) : alias(outputs);
  });

/**
 * Pixels of 0..1 as a network takes them: in the range that it was trained on, each example in its shape.
 *
 * @param pixels `[n, …]`, as many numbers an example as the network takes.
 * @throws {ShapeError} if they are more or fewer.
 * @example
 * ```ts
 * import { asInput } from "@dlcc/experiment";
 * import { tensor } from "@dlcc/tensor";
 *
 * const images = tensor([[0, 0.5, 1, 1]]);
 * console.log(await asInput(images, { shape: [2, 2], range: [-1, 1] }).array()); // → [ [ [ -1, 0 ], [ 1, 1 ] ] ]
 * ```
 */
export const asInput = (
  pixels: Tensor,
  { shape, range: [low, high] }: { readonly shape: readonly number[]; readonly range: readonly [number, number] },
): Tensor =>
  tidy(() => {
    const shaped = pixels.reshape([pixels.shape[0] ?? 1, ...shape]);
    return low === 0 && high === 1 ? shaped : shaped.mul(high - low).add(low);
  });
