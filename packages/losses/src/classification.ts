/** Losses for classes. They start from logits, the outputs before softmax or sigmoid, so that no logarithm meets a 0. */
import {
  abs,
  add,
  assertLabels,
  assertTensor,
  custom,
  equal,
  exp,
  greater,
  log,
  logSoftmax,
  mul,
  named,
  neg,
  oneHot,
  ShapeError,
  sigmoid,
  softmaxCrossEntropy,
  sub,
  sum,
  type Tensor,
  where,
} from "@dlcc/tensor";
import { checkedTargets, type LossOptions, perExample, probabilities, reduceLosses, targetsLike } from "./reduction.ts";

/**
 * Cross-entropy, `−log o_y` with `o = softmax(logits)`: minus the logarithm of the probability that the network gives to
 * the right class, in one stable pass. Source: the course, "Cross Entropy Loss"; as PyTorch's `CrossEntropyLoss`.
 *
 * @param logits `[n, classes]`, floats: the output of the last layer, with no softmax after it.
 * @param targets Class labels, `int32 [n]`; or probabilities, of the logits' shape and dtype, with `−Σ yⱼ log oⱼ`.
 * @returns A scalar; with `reduction: "none"`, `[n]`.
 * @throws {ShapeError} if the shapes don't fit. @throws {DTypeError} if labels are not `int32`.
 * @throws {ArgumentError} if a label is outside the classes, or a probability outside 0 to 1, where the backend can be read at
 * once, as `cpu` and `wasm` can. On a GPU the loss is NaN.
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
  named("crossEntropy", () => {
    assertTensor("crossEntropy", logits);
    assertTensor("crossEntropy", targets);
    if (targets.rank === logits.rank - 1) {
      return reduceLosses("crossEntropy", softmaxCrossEntropy(logits, targets), options);
    }
    const y = probabilities("crossEntropy", checkedTargets("crossEntropy", logits, targets));
    if (logits.rank !== 2) {
      throw new ShapeError(
        `crossEntropy: logits and probabilities must be [n, classes], got [${logits.shape}] and [${targets.shape}]: reshape them`,
      );
    }
    return reduceLosses("crossEntropy", neg(sum(mul(y, logSoftmax(logits)), 1)), options);
  });

/**
 * The negative log-likelihood, `−(log o)_y`, of log-probabilities such as `logSoftmax` gives. As PyTorch's `NLLLoss`.
 *
 * @param logProbabilities `[n, classes]`, floats.
 * @param labels `int32 [n]`.
 * @throws {ShapeError} if the shapes don't fit. @throws {DTypeError} if the labels are not `int32`.
 * @throws {ArgumentError} if a label is outside the classes, as in {@link crossEntropy}.
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
  assertLabels("nll", labels, classes as number);
  return named("nll", () => {
    const chosen = where(oneHot(labels, classes as number, "bool"), logProbabilities, 0);
    return reduceLosses("nll", neg(sum(chosen, 1)), options);
  });
}

/**
 * Binary cross-entropy, `−y log σ(z) − (1 − y) log(1 − σ(z))`, from logits `z`, averaged over all elements. Stable, and right
 * at infinite logits. As PyTorch's `BCEWithLogitsLoss`.
 *
 * @param logits Any shape, floats. @param targets Probabilities, of the same shape and dtype.
 * @throws {ArgumentError} if a target is not from 0 to 1, where the backend can be read at once. On a GPU the loss is NaN.
 * @example
 * ```ts
 * import { binaryCrossEntropy } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await binaryCrossEntropy(tensor([1000, -1000]), tensor([0, 0])).item()); // → 500
 * ```
 */
export const binaryCrossEntropy = (logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  named("binaryCrossEntropy", () =>
    reduceLosses(
      "binaryCrossEntropy",
      binaryLosses("binaryCrossEntropy", logits, checkedTargets("binaryCrossEntropy", logits, targets)),
      options,
    ),
  );

/**
 * Nielsen's cross-entropy cost of sigmoid outputs, from logits: {@link binaryCrossEntropy}, but summed over the outputs
 * and averaged over the examples. Targets may also be `int32` class labels `[n]`. Source: his book, chapter 3.
 *
 * @example
 * ```ts
 * import { sigmoidCrossEntropy } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await sigmoidCrossEntropy(tensor([[1000, -1000]]), tensor([[0, 0]])).item()); // → 1000
 * ```
 */
export const sigmoidCrossEntropy = (logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  named("sigmoidCrossEntropy", () =>
    reduceLosses(
      "sigmoidCrossEntropy",
      perExample(binaryLosses("sigmoidCrossEntropy", logits, targetsLike("sigmoidCrossEntropy", logits, targets))),
      options,
    ),
  );

/**
 * For each element `|z| w + log(1 + e^−|z|)`, where w is the probability of the class that the logit speaks against: the same as
 * the formula, but stable. Where w is 0 so is the product, even at an infinite logit. An op of its own, as its derivative
 * `σ(z) − y` is smooth at 0, and finite everywhere.
 */
const binaryLosses = (name: string, logits: Tensor, targets: Tensor): Tensor =>
  custom(
    {
      name,
      forward(z, y) {
        const size = abs(z);
        const against = where(greater(z, 0), sub(1, y), y);
        return add(where(equal(against, 0), 0, mul(size, against)), log(add(exp(neg(size)), 1)));
      },
      backward(g, inputs) {
        const [z, y] = inputs as readonly [Tensor, Tensor];
        return [mul(g, sub(sigmoid(z), y)), mul(g, neg(z))];
      },
    },
    logits,
    probabilities(name, targets),
  );
