import {
  ArgumentError,
  assertTensor,
  batchNorm,
  channelMoments,
  channelNorm,
  named,
  ones,
  type Parameter,
  ShapeError,
  slice,
  type Tensor,
  tidy,
  unrecorded,
  zeros,
} from "@dlcc/tensor";
import { affineOf, assertCount, checkedEpsilon, type NormLayerOptions, normOptions, valuesOf } from "./affine.ts";
import { Buffer } from "./buffer.ts";
import { type LayerConfig, Module } from "./module.ts";

/** The options of batch normalization. */
export interface BatchNormLayerOptions extends NormLayerOptions {
  /**
   * How much of the running statistics each batch replaces; null for the mean of all batches so far, which weighs each alike.
   * Default: 0.1.
   */
  readonly momentum?: number | null;
}

/** The inputs that a layer takes. */
export interface InputAxes {
  /** How many axes they may have. */
  readonly ranks: readonly number[];
  /** What the axes are, as messages say it. */
  readonly names: string;
}

/**
 * What {@link BatchNorm1d} and {@link BatchNorm2d} share: `y = (x − μ) / √(σ² + ε) · γ + β` for each channel. In training μ
 * and σ² are those of the batch; the running ones, by which it evaluates, move towards them:
 * `running ← (1 − momentum) · running + momentum · batch`; with `momentum: null` it is 1 by the number of batches so far, which
 * the layer counts then. Source: Ioffe & Szegedy 2015.
 *
 * As in PyTorch, the variance that normalizes divides by the count n of a channel's numbers, the running one by n − 1.
 *
 * @example
 * ```ts
 * import { BatchNorm, BatchNorm1d, BatchNorm2d } from "@dlcc/layers";
 * const layers = [new BatchNorm1d(3), new BatchNorm2d(3)];
 * console.log(layers.every((layer) => layer instanceof BatchNorm)); // → true
 * ```
 */
export abstract class BatchNorm extends Module {
  /** How many channels it normalizes. */
  readonly channels: number;
  /** What is added to the variance. */
  readonly epsilon: number;
  /** How much of the running statistics each batch replaces; null for their mean. */
  readonly momentum: number | null;
  /** γ, `[channels]`: what each channel is multiplied by, if it learns that. */
  readonly weight: Parameter | undefined;
  /** β, `[channels]`: what is added to each. */
  readonly bias: Parameter | undefined;
  /** `[channels]`: PyTorch's `running_mean`. */
  readonly runningMean: Buffer;
  /** `[channels]`: PyTorch's `running_var`. */
  readonly runningVariance: Buffer;
  /** How many batches there were, a scalar, if the running statistics are their mean: PyTorch's `num_batches_tracked`. */
  readonly batchesTracked: Buffer | undefined;

  /** Its name in messages and configs. */
  protected abstract readonly type: string;
  /** The inputs that it takes: how many axes they may have, and what those are. */
  protected abstract readonly axes: InputAxes;

  /** @throws {ArgumentError} if `channels` is not a whole number from 1, or an option is out of its range. */
  constructor(channels: number, options: BatchNormLayerOptions = {}) {
    super();
    const { momentum = 0.1, dtype = "float32" } = options;
    assertCount("BatchNorm", "channels", channels);
    if (momentum !== null && !(momentum >= 0 && momentum <= 1)) {
      throw new ArgumentError(`BatchNorm: momentum must be a number from 0 to 1, or null, got ${momentum}`);
    }
    this.channels = channels;
    this.epsilon = checkedEpsilon("BatchNorm", options.epsilon);
    this.momentum = momentum;
    const { weight, bias } = affineOf([channels], options);
    this.weight = weight;
    this.bias = bias;
    this.runningMean = tidy(() => new Buffer("runningMean", zeros([channels], { dtype })));
    this.runningVariance = tidy(() => new Buffer("runningVariance", ones([channels], { dtype })));
    this.batchesTracked =
      momentum === null ? tidy(() => new Buffer("batchesTracked", zeros([], { dtype }))) : undefined;
  }

  /**
   * The normalized batch; in training, the running statistics move.
   *
   * @throws {ShapeError} if `x` has other axes or channels, or in training no channel has two numbers.
   */
  forward(x: Tensor): Tensor {
    assertTensor(this.type, x);
    const { ranks, names } = this.axes;
    if (!ranks.includes(x.rank) || x.shape[1] !== this.channels) {
      throw new ShapeError(
        `${this.type}(${this.channels}): x must be ${names} with ${this.channels} channels, got [${x.shape}]`,
      );
    }
    return named(this.type, () => (this.training ? this.#train(x) : this.#evaluate(x)));
  }

  #evaluate(x: Tensor): Tensor {
    const [mean, variance] = [this.runningMean.value, this.runningVariance.value];
    return batchNorm(x, { mean, variance, epsilon: this.epsilon, ...valuesOf(this) });
  }

  #train(x: Tensor): Tensor {
    const [n, channels] = x.shape as [number, number];
    const length = x.size / Math.max(1, n * channels);
    if (n * length < 2) {
      throw new ShapeError(
        `${this.type}: in training, a channel must have two numbers or more, got [${x.shape}]: leave a last batch of one example out, with { dropLast: true }, or call eval()`,
      );
    }
    const rows = x.reshape([n, channels, length]);
    const moments = unrecorded(() => channelMoments(rows));
    this.#move(moments, n * length);
    const { weight, bias } = valuesOf(this);
    const y = channelNorm(rows, moments, this.epsilon, weight && bias && { weight, bias });
    return y.reshape(x.shape);
  }

  /** Moves the running statistics towards the batch's: the sample's variance, which divides by one less. */
  #move(moments: Tensor, count: number): void {
    const { momentum, runningMean, runningVariance, batchesTracked } = this;
    unrecorded(() =>
      tidy(() => {
        if (batchesTracked) batchesTracked.value = batchesTracked.value.add(1);
        const towards = (running: Tensor, batch: Tensor, scale: number): Tensor =>
          batchesTracked
            ? running.add(batch.mul(scale).sub(running).div(batchesTracked.value))
            : running.mul(1 - Number(momentum)).add(batch.mul(Number(momentum) * scale));
        runningMean.value = towards(runningMean.value, slice(moments, 0), 1);
        runningVariance.value = towards(runningVariance.value, slice(moments, 1), count / (count - 1));
      }),
    );
  }

  override config(): LayerConfig {
    const { type, channels, epsilon, momentum } = this;
    return { type, channels, epsilon, momentum, affine: this.weight !== undefined };
  }
}

const optionsOf = (config: LayerConfig): BatchNormLayerOptions => ({
  ...normOptions(config),
  momentum: config.momentum === null ? null : Number(config.momentum),
});

/**
 * Batch normalization of features, or of channels of sequences. See {@link BatchNorm}.
 *
 * Shapes: `[n, channels]` or `[n, channels, length]`, unchanged.
 *
 * @example
 * ```ts
 * import { BatchNorm1d } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 *
 * const layer = new BatchNorm1d(2, { epsilon: 0 });
 * console.log(await layer.forward(tensor([[1, 10], [3, 30]])).array()); // → [ [ -1, -1 ], [ 1, 1 ] ]
 * console.log(await layer.runningVariance.value.mul(10).array()); // → [ 11, 209 ]
 * ```
 */
export class BatchNorm1d extends BatchNorm {
  protected override readonly type = "BatchNorm1d";
  protected override readonly axes: InputAxes = {
    ranks: [2, 3],
    names: "[n, channels] or [n, channels, length]",
  };

  /** The layer that a config describes; its running statistics are new. */
  static fromConfig(config: LayerConfig): BatchNorm1d {
    return new BatchNorm1d(Number(config.channels), optionsOf(config));
  }
}

/**
 * Batch normalization of the channels of images. See {@link BatchNorm}.
 *
 * Shapes: `[n, channels, height, width]`, unchanged.
 *
 * @example
 * ```ts
 * import { BatchNorm2d } from "@dlcc/layers";
 * import { randn, variance } from "@dlcc/tensor";
 *
 * const layer = new BatchNorm2d(6);
 * const y = layer.forward(randn([8, 6, 4, 4], { mean: 5, standardDeviation: 3, seed: 1 }));
 * console.log((await variance(y).item()).toFixed(3)); // → 1.000
 * console.log(Object.keys(layer.stateDict()).join(" ")); // → weight bias runningMean runningVariance
 * ```
 */
export class BatchNorm2d extends BatchNorm {
  protected override readonly type = "BatchNorm2d";
  protected override readonly axes: InputAxes = { ranks: [4], names: "[n, channels, height, width]" };

  /** The layer that a config describes; its running statistics are new. */
  static fromConfig(config: LayerConfig): BatchNorm2d {
    return new BatchNorm2d(Number(config.channels), optionsOf(config));
  }
}
