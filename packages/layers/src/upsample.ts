import { named, type Tensor, type UpsampleOptions, upsample } from "@dlcc/tensor";
import { type LayerConfig, Module } from "./module.ts";

/**
 * Images of another size, by the nearest pixel or bilinearly: the way back from pooling.
 *
 * Shapes: `[n, channels, height, width] → [n, channels, rows, columns]`.
 *
 * @example
 * ```ts
 * import { Upsample } from "@dlcc/layers";
 * import { zeros } from "@dlcc/tensor";
 * console.log(new Upsample({ scale: 2, mode: "bilinear" }).forward(zeros([8, 6, 7, 7])).shape); // → [ 8, 6, 14, 14 ]
 * ```
 */
export class Upsample extends Module {
  /** `scale` or `size`, and how. */
  readonly options: UpsampleOptions;

  constructor(options: UpsampleOptions) {
    super();
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return named("Upsample", () => upsample(x, this.options));
  }

  override config(): LayerConfig {
    return { type: "Upsample", ...this.options };
  }

  /** The layer that a config describes. */
  static fromConfig({ type: _, ...options }: LayerConfig): Upsample {
    return new Upsample(options as UpsampleOptions);
  }
}
