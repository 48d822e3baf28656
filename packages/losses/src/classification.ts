/** Losses for classes. They start from logits, the outputs before softmax or sigmoid, so that no logarithm meets a 0. */
import {
  ArgumentError,
  abs,
  add,
  assertTensor,
  custom,
  div,
  equal,
  exp,
  gather,
  greater,
  log,
  logSoftmax,
  mean,
  mul,
  named,
  neg,
  notEqual,
  oneHot,
  permute,
  ShapeError,
  sameShape,
  sigmoid,
  softmaxCrossEntropy,
  sub,
  sum,
  type Tensor,
  where,
} from "@dlcc/tensor";
import { checkedTargets, type LossOptions, perExample, probabilities, reduceLosses, targetsLike } from "./reduction.ts";

/** The options of losses of class labels. */
export interface ClassLossOptions extends LossOptions {
  /** How much each class counts, `[classes]`, as where some are rare. A mean is then over these weights. Default: 1. */
  readonly weight?: Tensor;
  /** Examples with this label count for nothing, in the mean neither. Default: none; PyTorch's is −100. */
  readonly ignoreIndex?: number;
}

/** The options of {@link weightedCrossEntropy}. */
export interface CrossEntropyOptions extends ClassLossOptions {
  /**
   * ε: so much of each target is spread evenly over all classes, so that the network does not become too sure of itself. Source:
   * Szegedy et al. 2016. Default: 0.
   */
  readonly labelSmoothing?: number;
}

/** `[n, classes, …]` as rows of classes. */
function rowsOf(x: Tensor): Tensor {
  if (x.rank === 2) return x;
  const classes = x.shape[1] as number;
  const last = permute(x, [0, ...x.shape.slice(2).map((_, i) => i + 2), 1]);
  return last.reshape([classes === 0 ? 0 : x.size / classes, classes]);
}

function assertClassWeight(op: string, x: Tensor, { weight }: ClassLossOptions): void {
  if (!weight || (weight.dtype === x.dtype && sameShape(weight.shape, x.shape.slice(1, 2)))) return;
  throw new ShapeError(
    `${op}: weight must have one ${x.dtype} for each of the ${x.shape[1]} classes, got ${weight.dtype} [${weight.shape}]`,
  );
}

/** The losses of labelled examples, by `lossesOf` rows and their labels, weighted, smoothed and reduced. */
function ofLabels(
  op: string,
  x: Tensor,
  labels: Tensor,
  options: CrossEntropyOptions,
  lossesOf: (rows: Tensor, labels: Tensor) => Tensor,
): Tensor {
  const { weight, ignoreIndex, labelSmoothing = 0, reduction = "mean" } = options;
  if (x.rank < 2 || !sameShape(labels.shape, [...x.shape.slice(0, 1), ...x.shape.slice(2)])) {
    throw new ShapeError(
      `${op}: outputs and labels must be [n, classes, …] and [n, …], got [${x.shape}] and [${labels.shape}]`,
    );
  }
  assertClassWeight(op, x, options);
  const rows = rowsOf(x);
  const all = labels.rank === 1 ? labels : labels.reshape([labels.size]);
  const counted = ignoreIndex === undefined ? undefined : notEqual(all, ignoreIndex);
  const known = counted ? where(counted, all, 0) : all;
  let losses = lossesOf(rows, known);
  let counts = weight && gather(weight, known);
  if (counts) losses = mul(losses, counts);
  if (labelSmoothing > 0) {
    const ofAll = weight ? mul(logSoftmax(rows), weight) : logSoftmax(rows);
    losses = sub(mul(losses, 1 - labelSmoothing), mul(mean(ofAll, 1), labelSmoothing));
  }
  if (counted) {
    losses = where(counted, losses, 0);
    counts = counts ? where(counted, counts, 0) : counted.cast(x.dtype);
  }
  if (counts && reduction === "mean") return div(sum(losses), sum(counts));
  return reduceLosses(op, labels.rank === 1 ? losses : losses.reshape(labels.shape), options);
}

/**
 * Cross-entropy, `−log o_y` with `o = softmax(logits)`: minus the logarithm of the probability that the network gives to
 * the right class, in one stable pass. Source: the course, "Cross Entropy Loss"; as PyTorch's `CrossEntropyLoss`. With
 * probabilities for targets, class weights, smoothed labels or a label to ignore it is {@link weightedCrossEntropy}.
 *
 * @param logits `[n, classes]`, floats: the output of the last layer, with no softmax after it.
 * @param labels The right classes, `int32 [n]`.
 * @returns A scalar; with `reduction: "none"`, `[n]`.
 * @throws {ShapeError} if the shapes don't fit. @throws {DTypeError} if labels are not `int32`.
 * @throws {ArgumentError} if a label is outside the classes, where the backend can be read at once, as `cpu` and `wasm` can. On
 * a GPU the loss is NaN.
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
export const crossEntropy = (logits: Tensor, labels: Tensor, options: LossOptions = {}): Tensor =>
  named("crossEntropy", () => {
    assertTensor("crossEntropy", logits);
    assertTensor("crossEntropy", labels);
    if (labels.rank === logits.rank) {
      throw new ShapeError(
        `crossEntropy: logits and labels must be [n, classes] and [n], got [${logits.shape}] and [${labels.shape}]: for probabilities, take weightedCrossEntropy`,
      );
    }
    return reduceLosses("crossEntropy", softmaxCrossEntropy(logits, labels), options);
  });

/**
 * {@link crossEntropy} with all the options of PyTorch's `CrossEntropyLoss`, also of probabilities, and of logits with more axes,
 * such as a class for each pixel. It stands apart so that programs without them stay as small as they are.
 *
 * @param logits `[n, classes, …]`, floats: the output of the last layer, with no softmax after it.
 * @param targets Class labels, `int32 [n, …]`; or probabilities, of the logits' shape and dtype, with `−Σ yⱼ log oⱼ`.
 * @param options Beside the reduction: `weight`, how much each class counts; `labelSmoothing`; and `ignoreIndex`, the label of
 * examples that don't count.
 * @returns A scalar; with `reduction: "none"`, `[n, …]`.
 * @throws {ShapeError} if the shapes don't fit. @throws {DTypeError} if labels are not `int32`.
 * @throws {ArgumentError} if a label is outside the classes, or a probability outside 0 to 1, where the backend can be read at
 * once, as `cpu` and `wasm` can. On a GPU the loss is NaN. And if `labelSmoothing` is outside 0 to 1.
 * @example
 * ```ts
 * import { weightedCrossEntropy } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 *
 * const logits = tensor([[0, 0], [0, 2], [9, 9]]);
 * const labels = tensor([0, 1, -1], { dtype: "int32" });
 * const weight = tensor([3, 1]); // class 0 is rare
 * const loss = weightedCrossEntropy(logits, labels, { weight, labelSmoothing: 0.1, ignoreIndex: -1 });
 * console.log((await loss.item()).toFixed(4)); // → 0.6124
 * ```
 */
export const weightedCrossEntropy = (logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor =>
  named("weightedCrossEntropy", () => {
    assertTensor("weightedCrossEntropy", logits);
    assertTensor("weightedCrossEntropy", targets);
    const { weight, labelSmoothing = 0, ignoreIndex } = options;
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new ArgumentError(
        `weightedCrossEntropy: labelSmoothing must be a number from 0 to 1, got ${labelSmoothing}`,
      );
    }
    if (targets.rank === logits.rank - 1) {
      return ofLabels("weightedCrossEntropy", logits, targets, options, softmaxCrossEntropy);
    }
    const y = probabilities("weightedCrossEntropy", checkedTargets("weightedCrossEntropy", logits, targets));
    if (logits.rank < 2) {
      throw new ShapeError(
        `weightedCrossEntropy: logits and probabilities must be [n, classes, …], got [${logits.shape}] and [${targets.shape}]: reshape them`,
      );
    }
    if (ignoreIndex !== undefined) {
      throw new ArgumentError(
        "weightedCrossEntropy: ignoreIndex must be left out with probabilities, as it is a label",
      );
    }
    assertClassWeight("weightedCrossEntropy", logits, options);
    const classes = logits.shape[1] as number;
    const smooth = labelSmoothing > 0 ? add(mul(y, 1 - labelSmoothing), labelSmoothing / classes) : y;
    const beside = weight?.reshape([classes, ...logits.shape.slice(2).map(() => 1)]);
    const products = mul(smooth, logSoftmax(logits, 1));
    return reduceLosses("weightedCrossEntropy", neg(sum(beside ? mul(products, beside) : products, 1)), options);
  });

/**
 * The negative log-likelihood, `−(log o)_y`, of log-probabilities such as `logSoftmax` gives. As PyTorch's `NLLLoss`.
 *
 * @param logProbabilities `[n, classes, …]`, floats.
 * @param labels `int32 [n, …]`.
 * @param options Beside the reduction: `weight`, how much each class counts, and `ignoreIndex`, the label of examples that don't.
 * @throws {ShapeError} if the shapes don't fit. @throws {DTypeError} if the labels are not `int32`.
 * @throws {ArgumentError} if a label is outside the classes, as in {@link crossEntropy}.
 * @example
 * ```ts
 * import { nll } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await nll(tensor([[-1, -2]]), tensor([1], { dtype: "int32" })).item()); // → 2
 * ```
 */
export const nll = (logProbabilities: Tensor, labels: Tensor, options: ClassLossOptions = {}): Tensor =>
  named("nll", () => {
    assertTensor("nll", logProbabilities);
    assertTensor("nll", labels);
    return ofLabels("nll", logProbabilities, labels, options, (rows, known) =>
      neg(sum(where(oneHot(known, rows.shape[1] as number, "bool"), rows, 0), 1)),
    );
  });

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
