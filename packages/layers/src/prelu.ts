import { type DType, full, Parameter, prelu, type Tensor, tidy } from "@dlcc/tensor";
import { assertCount } from "./affine.ts";
import { type LayerConfig, Module } from "./module.ts";

/** The options of a {@link PReLU}. */
export interface PReluOptions {
  /** The slope that it begins with. Default: 0.25. */
  readonly initial?: number;
  /** Default: `float32`. */
  readonly dtype?: DType;
}

/**
 * The rectifier that learns its slope below 0: `x` above 0 and `weight · x` below. Source: He et al. 2015.
 *
 * Shapes: any, unchanged; with a slope for each channel, `[n, channels, …]`.
 *
 * @example
 * ```ts
 * import { PReLU } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await new PReLU().forward(tensor([-4, 2])).array()); // → [ -1, 2 ]
 * ```
 */
export class PReLU extends Module {
  /** `[channels]`: the slopes. */
  readonly weight: Parameter;

  /**
   * @param channels How many slopes: 1 for all, or one for each channel.
   * @throws {ArgumentError} if `channels` is not a whole number from 1.
   */
  constructor(channels: number = 1, { initial = 0.25, dtype = "float32" }: PReluOptions = {}) {
    super();
    assertCount("PReLU", "channels", channels);
    this.weight = tidy(() => new Parameter("weight", full([channels], initial, { dtype })));
  }

  forward(x: Tensor): Tensor {
    return tidy(() => prelu(x, this.weight.value));
  }

  override config(): LayerConfig {
    return { type: "PReLU", channels: this.weight.peek().size };
  }

  /** The layer that a config describes; its slopes are new. */
  static fromConfig({ channels }: LayerConfig): PReLU {
    return new PReLU(Number(channels));
  }
}
