import { ArgumentError, layerNorm, named, type Parameter, type Tensor } from "@dlcc/tensor";
import { affineOf, assertCount, checkedEpsilon, type NormLayerOptions, normOptions, valuesOf } from "./affine.ts";
import { type LayerConfig, Module } from "./module.ts";

/**
 * Layer normalization: each example by the mean and the variance of its own features,
 * `y = (x − μ) / √(σ² + ε) · γ + β`. It is the same in training and evaluation. Source: Ba et al. 2016.
 *
 * Shapes: `[…, shape]`, unchanged.
 *
 * @example
 * ```ts
 * import { LayerNorm } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * const layer = new LayerNorm(2, { epsilon: 0 });
 * console.log(await layer.forward(tensor([[1, 3], [10, 30]])).array()); // → [ [ -1, 1 ], [ -1, 1 ] ]
 * ```
 */
export class LayerNorm extends Module {
  /** The lengths of the last axes, whose elements share mean and variance. */
  readonly shape: readonly number[];
  /** What is added to the variance. */
  readonly epsilon: number;
  /** γ, of that shape, if it learns a scale. */
  readonly weight: Parameter | undefined;
  /** β, of that shape, if it learns a shift. */
  readonly bias: Parameter | undefined;

  /**
   * @param shape The lengths of the last axes; a number for the last one alone.
   * @throws {ArgumentError} if a length is not a whole number from 1, or `epsilon` is below 0.
   */
  constructor(shape: number | readonly number[], options: NormLayerOptions = {}) {
    super();
    if (typeof shape !== "number" && !Array.isArray(shape)) {
      throw new ArgumentError(`LayerNorm: shape must be a number or a list of lengths, got ${typeof shape}`);
    }
    this.shape = typeof shape === "number" ? [shape] : [...(shape as readonly number[])];
    for (const length of this.shape) assertCount("LayerNorm", "a length in shape", length);
    this.epsilon = checkedEpsilon("LayerNorm", options.epsilon);
    const { weight, bias } = affineOf(this.shape, options);
    this.weight = weight;
    this.bias = bias;
  }

  forward(x: Tensor): Tensor {
    return named("LayerNorm", () => layerNorm(x, this.shape, { epsilon: this.epsilon, ...valuesOf(this) }));
  }

  override config(): LayerConfig {
    return { type: "LayerNorm", shape: this.shape, epsilon: this.epsilon, affine: this.weight !== undefined };
  }

  /** The layer that a config describes. */
  static fromConfig(config: LayerConfig): LayerNorm {
    return new LayerNorm(config.shape as readonly number[], normOptions(config));
  }
}
