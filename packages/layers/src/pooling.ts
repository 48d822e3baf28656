/** Pooling as layers. Options that are left out are PyTorch's. */
import {
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool2d,
  named,
  type Pair,
  type Tensor,
} from "@dlcc/tensor";
import { type LayerConfig, Module } from "./module.ts";

/**
 * The largest number of each window that slides over images: what matters is whether a feature is there, less where. The
 * gradient goes to the first of equals, as PyTorch's.
 *
 * Shapes: `[n, channels, height, width] → [n, channels, rows, columns]`.
 *
 * @example
 * ```ts
 * import { MaxPool2d } from "@dlcc/layers";
 * import { zeros } from "@dlcc/tensor";
 * console.log(new MaxPool2d(2).forward(zeros([8, 6, 28, 28])).shape); // → [ 8, 6, 14, 14 ]
 * ```
 */
export class MaxPool2d extends Module {
  /** The window's size. */
  readonly kernel: Pair;
  /** How it moves: `stride` (default: the kernel's size), `padding` and `dilation`; `ceilMode`, whether a last part counts. */
  readonly options: MaxPoolOptions;

  constructor(kernel: Pair, options: MaxPoolOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return named("MaxPool2d", () => maxPool2d(x, this.kernel, this.options));
  }

  override config(): LayerConfig {
    return { type: "MaxPool2d", kernel: this.kernel, ...this.options };
  }

  /** The layer that a config describes. */
  static fromConfig({ type: _, kernel, ...options }: LayerConfig): MaxPool2d {
    return new MaxPool2d(kernel as Pair, options as MaxPoolOptions);
  }
}

/**
 * The mean of each window that slides over images.
 *
 * Shapes: `[n, channels, height, width] → [n, channels, rows, columns]`.
 *
 * @example
 * ```ts
 * import { AvgPool2d } from "@dlcc/layers";
 * import { zeros } from "@dlcc/tensor";
 * console.log(new AvgPool2d(3, { stride: 2, padding: 1 }).forward(zeros([8, 6, 28, 28])).shape); // → [ 8, 6, 14, 14 ]
 * ```
 */
export class AvgPool2d extends Module {
  /** The window's size. */
  readonly kernel: Pair;
  /** How it moves: `stride` (default: the kernel's size), `padding`, and `countIncludePad`, whether that counts; `ceilMode`, whether a last part does. */
  readonly options: AvgPoolOptions;

  constructor(kernel: Pair, options: AvgPoolOptions = {}) {
    super();
    this.kernel = kernel;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return named("AvgPool2d", () => avgPool2d(x, this.kernel, this.options));
  }

  override config(): LayerConfig {
    return { type: "AvgPool2d", kernel: this.kernel, ...this.options };
  }

  /** The layer that a config describes. */
  static fromConfig({ type: _, kernel, ...options }: LayerConfig): AvgPool2d {
    return new AvgPool2d(kernel as Pair, options as AvgPoolOptions);
  }
}

/**
 * The mean of each of so many parts of an image, whatever its size: the end of networks that take images of any size.
 *
 * Shapes: `[n, channels, height, width] → [n, channels, rows, columns]`.
 *
 * @example
 * ```ts
 * import { AdaptiveAvgPool2d } from "@dlcc/layers";
 * import { zeros } from "@dlcc/tensor";
 * const pool = new AdaptiveAvgPool2d(1);
 * console.log(pool.forward(zeros([8, 6, 28, 28])).shape, pool.forward(zeros([8, 6, 9, 7])).shape); // → [ 8, 6, 1, 1 ] [ 8, 6, 1, 1 ]
 * ```
 */
export class AdaptiveAvgPool2d extends Module {
  /** How many rows and columns come out. */
  readonly size: Pair;

  constructor(size: Pair) {
    super();
    this.size = size;
  }

  forward(x: Tensor): Tensor {
    return named("AdaptiveAvgPool2d", () => adaptiveAvgPool2d(x, this.size));
  }

  override config(): LayerConfig {
    return { type: "AdaptiveAvgPool2d", size: this.size };
  }

  /** The layer that a config describes. */
  static fromConfig({ size }: LayerConfig): AdaptiveAvgPool2d {
    return new AdaptiveAvgPool2d(size as Pair);
  }
}
