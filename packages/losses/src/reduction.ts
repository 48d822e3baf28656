import {
  ArgumentError,
  assertLabels,
  assertTensor,
  DTypeError,
  isFloat,
  log,
  mean,
  mul,
  oneHot,
  ShapeError,
  sameShape,
  sub,
  sum,
  type Tensor,
  tidy,
} from "@dlcc/tensor";

/** How the losses of the examples are combined: their mean (the default), their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

/** The options of every loss. */
export interface LossOptions {
  /** Default: `mean`. */
  readonly reduction?: Reduction;
}

/** Reduces a tensor of losses. */
export function reduceLosses(op: string, losses: Tensor, { reduction = "mean" }: LossOptions): Tensor {
  if (reduction === "mean") return mean(losses);
  if (reduction === "sum") return sum(losses);
  if (reduction === "none") return losses;
  throw new ArgumentError(`${op}: reduction must be "mean", "sum" or "none", got ${JSON.stringify(reduction)}`);
}

/** Sums over all axes but the first: one loss for each example. */
export function perExample(losses: Tensor): Tensor {
  if (losses.rank < 2) return losses;
  return sum(
    losses,
    losses.shape.slice(1).map((_, i) => i + 1),
  );
}

/** Checks that targets have the shape and dtype of the outputs, and returns them. */
export function checkedTargets(op: string, outputs: Tensor, targets: Tensor): Tensor {
  assertTensor(op, outputs);
  assertTensor(op, targets);
  if (!isFloat(outputs.dtype)) {
    throw new DTypeError(
      `${op}: outputs must be float32 or float64, got ${outputs.dtype} [${outputs.shape}]: cast them, as in x.cast("float32")`,
    );
  }
  if (!sameShape(targets.shape, outputs.shape)) {
    throw new ShapeError(
      `${op}: outputs and targets must have the same shape, got [${outputs.shape}] and [${targets.shape}]: unsqueeze(y, -1) gives targets an axis, oneHot(y, classes) makes rows of class labels`,
    );
  }
  if (targets.dtype !== outputs.dtype) {
    throw new DTypeError(
      `${op}: outputs and targets must have the same dtype, got ${outputs.dtype} and ${targets.dtype}: cast one, as in y.cast("${outputs.dtype}")`,
    );
  }
  return targets;
}

/** {@link checkedTargets}, where class labels (`int32 [n]` with outputs `[n, classes]`) become the course's unit vectors `e_y`. */
export function targetsLike(op: string, outputs: Tensor, targets: Tensor): Tensor {
  assertTensor(op, outputs);
  assertTensor(op, targets);
  if (targets.dtype !== "int32" || targets.rank !== outputs.rank - 1) return checkedTargets(op, outputs, targets);
  const classes = outputs.shape[outputs.rank - 1] ?? 1;
  assertLabels(op, targets, classes);
  return checkedTargets(op, outputs, oneHot(targets, classes, outputs.dtype));
}

/** How far beyond 0 and 1 rounding may lead what was computed as a probability. */
const slack = 1e-6;

/** Returns targets that must be probabilities. A device that can't be read at once has NaN in the place of others. */
export function probabilities(op: string, targets: Tensor): Tensor {
  // Below 0 and above 1 one factor is negative, and its logarithm NaN; else 0 is added.
  if (!targets.backend.readSync) {
    return tidy(() => targets.add(mul(log(mul(targets.add(slack), sub(1 + slack, targets))), 0)));
  }
  const outside = targets.dataSync().find((y) => y < -slack || y > 1 + slack);
  if (outside === undefined) return targets;
  throw new ArgumentError(
    `${op}: targets must be probabilities, from 0 to 1, got ${outside}: scale them, as in y.div(255)`,
  );
}
