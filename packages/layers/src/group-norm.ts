import { ArgumentError, groupNorm, named, type Parameter, type Tensor } from "@dlcc/tensor";
import { affineOf, assertCount, checkedEpsilon, type NormLayerOptions, normOptions, valuesOf } from "./affine.ts";
import { type LayerConfig, Module } from "./module.ts";

/**
 * Group normalization: the channels of each example in groups, each by its own mean and variance,
 * `y = (x − μ) / √(σ² + ε) · γ + β`. For batches too small for `BatchNorm2d`; it is the same in training and evaluation.
 * Source: Wu & He 2018.
 *
 * Shapes: `[n, channels, …]`, unchanged.
 *
 * @example
 * ```ts
 * import { GroupNorm } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * const layer = new GroupNorm(2, 4, { epsilon: 0 });
 * console.log(await layer.forward(tensor([[1, 3, 10, 30]])).array()); // → [ [ -1, 1, -1, 1 ] ]
 * ```
 */
export class GroupNorm extends Module {
  /** How many groups the channels are put into. */
  readonly groups: number;
  /** How many channels there are. */
  readonly channels: number;
  /** What is added to the variance. */
  readonly epsilon: number;
  /** γ, `[channels]`, if it learns a scale. */
  readonly weight: Parameter | undefined;
  /** β, `[channels]`, if it learns a shift. */
  readonly bias: Parameter | undefined;

  /** @throws {ArgumentError} if the groups don't divide the channels, or `epsilon` is below 0. */
  constructor(groups: number, channels: number, options: NormLayerOptions = {}) {
    super();
    assertCount("GroupNorm", "groups", groups);
    assertCount("GroupNorm", "channels", channels);
    if (channels % groups !== 0) {
      throw new ArgumentError(`GroupNorm: groups must divide the ${channels} channels, got ${groups}`);
    }
    this.groups = groups;
    this.channels = channels;
    this.epsilon = checkedEpsilon("GroupNorm", options.epsilon);
    const { weight, bias } = affineOf([channels], options);
    this.weight = weight;
    this.bias = bias;
  }

  forward(x: Tensor): Tensor {
    return named("GroupNorm", () => groupNorm(x, this.groups, { epsilon: this.epsilon, ...valuesOf(this) }));
  }

  override config(): LayerConfig {
    const { groups, channels, epsilon } = this;
    return { type: "GroupNorm", groups, channels, epsilon, affine: this.weight !== undefined };
  }

  /** The layer that a config describes. */
  static fromConfig(config: LayerConfig): GroupNorm {
    return new GroupNorm(Number(config.groups), Number(config.channels), normOptions(config));
  }
}
