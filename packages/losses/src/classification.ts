/** Losses for classes. They start from logits, the outputs before softmax or sigmoid, so that no logarithm meets a 0. */
import {
  assertTensor,
  DTypeError,
  logSoftmax,
  logSumExp,
  mul,
  neg,
  oneHot,
  ShapeError,
  softmaxCrossEntropy,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
  where,
  zerosLike,
} from "@dlcc/tensor";
import { checkedTargets, type LossOptions, perExample, reduceLosses, targetsLike } from "./reduction.ts";

/**
 * Cross-entropy, `−log o_y` with `o = softmax(logits)`: minus the logarithm of the probability that the network gives to
 * the right class, in one stable pass. Source: the course, "Cross Entropy Loss"; as PyTorch's `CrossEntropyLoss`.
 *
 * @param logits `[n, classes]`, floats: the output of the last layer, with no softmax after it.
 * @param targets Class labels, `int32 [n]`; or probabilities, of the logits' shape and dtype, with `−Σ yⱼ log oⱼ`.
 * @returns A scalar; with `reduction: "none"`, `[n]`.
 * @throws {ShapeError} if the shapes don't fit. @throws {DTypeError} if labels are not `int32`.
 * @throws {ArgumentError} if a label is outside the classes, where the backend can tell (`cpu` can).
 * @example
 * ```ts
 * import { crossEntropy } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 *
 * const logits = tensor([[0, 0], [1000, 0]]); // 50 : 50, and quite sure of class 0
 * const losses = crossEntropy(logits, tensor([1, 1], { dtype: "int32" }), { reduction: "none" });
 * console.log(losses.toString()); // → Tensor float32 [2] on cpu
 * //                                  [0.693147, 1000]
 * ```
 */
export const crossEntropy = (logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  tidy(() => {
    assertTensor("crossEntropy", targets);
    if (targets.rank === logits.rank - 1) {
      return reduceLosses("crossEntropy", softmaxCrossEntropy(logits, targets), options);
    }
    const probabilities = checkedTargets("crossEntropy", logits, targets);
    if (logits.rank !== 2) {
      throw new ShapeError(
        `crossEntropy: logits and probabilities must be [n, classes], got [${logits.shape}] and [${targets.shape}]: reshape them`,
      );
    }
    return reduceLosses("crossEntropy", neg(sum(mul(probabilities, logSoftmax(logits)), 1)), options);
  });

/**
 * The negative log-likelihood, `−(log o)_y`, of log-probabilities such as `logSoftmax` gives. As PyTorch's `NLLLoss`.
 *
 * @param logProbabilities `[n, classes]`, floats.
 * @param labels `int32 [n]`.
 * @throws {ShapeError} if the shapes don't fit. @throws {DTypeError} if the labels are not `int32`.
 * @example
 * ```ts
 * import { nll } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await nll(tensor([[-1, -2]]), tensor([1], { dtype: "int32" })).item()); // → 2
 * ```
 */
export function nll(logProbabilities: Tensor, labels: Tensor, options: LossOptions = {}): Tensor {
  assertTensor("nll", logProbabilities);
  assertTensor("nll", labels);
  const [n, classes] = logProbabilities.shape;
  if (logProbabilities.rank !== 2 || labels.shape.join() !== String(n)) {
    throw new ShapeError(
      `nll: log-probabilities and labels must be [n, classes] and [n], got [${logProbabilities.shape}] and [${labels.shape}]`,
    );
  }
  if (labels.dtype !== "int32") throw new DTypeError(`nll: labels must be class indices in int32, got ${labels.dtype}`);
  return tidy(() => {
    const chosen = where(oneHot(labels, classes ?? 0, "bool"), logProbabilities, 0);
    return reduceLosses("nll", neg(sum(chosen, 1)), options);
  });
}

/**
 * Binary cross-entropy, `−y log σ(z) − (1 − y) log(1 − σ(z))`, from logits `z`, averaged over all elements. Computed as
 * `log(1 + eᶻ) − zy`, which is the same and stable. As PyTorch's `BCEWithLogitsLoss`.
 *
 * @param logits Any shape, floats. @param targets Probabilities of the same shape, or `int32` class labels.
 * @example
 * ```ts
 * import { binaryCrossEntropy } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await binaryCrossEntropy(tensor([1000, -1000]), tensor([0, 0])).item()); // → 500
 * ```
 */
export const binaryCrossEntropy = (logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  tidy(() =>
    reduceLosses(
      "binaryCrossEntropy",
      binaryLosses(logits, checkedTargets("binaryCrossEntropy", logits, targets)),
      options,
    ),
  );

/**
 * Nielsen's cross-entropy cost of sigmoid outputs, from logits: {@link binaryCrossEntropy}, but summed over the outputs
 * and averaged over the examples. Source: his book, chapter 3.
 *
 * @example
 * ```ts
 * import { sigmoidCrossEntropy } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await sigmoidCrossEntropy(tensor([[1000, -1000]]), tensor([[0, 0]])).item()); // → 1000
 * ```
 */
export const sigmoidCrossEntropy = (logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  tidy(() =>
    reduceLosses(
      "sigmoidCrossEntropy",
      perExample(binaryLosses(logits, targetsLike("sigmoidCrossEntropy", logits, targets))),
      options,
    ),
  );

const binaryLosses = (logits: Tensor, y: Tensor): Tensor => sub(softplus(logits), mul(logits, y));

/** `log(1 + eᶻ)`, stable: the logarithm of a sum of exponentials, over z and 0. Smooth at 0, as `max(z, 0) + …` is not. */
const softplus = (z: Tensor): Tensor => logSumExp(stack([z, zerosLike(z)], -1), -1);
