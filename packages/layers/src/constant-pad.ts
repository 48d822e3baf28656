import {
  ArgumentError,
  assertTensor,
  named,
  type Padding,
  pad,
  type SliceRange,
  slice,
  type Tensor,
  tidy,
} from "@dlcc/tensor";
import { type LayerConfig, Module } from "./module.ts";

/** What is put on the sides of images: above and below, on the left and on the right. */
export type Sides = readonly [rows: Padding, columns: Padding];

/**
 * Puts a number around images, each side with a width of its own; a negative width cuts off. For what the padding of a
 * convolution can't say: other widths on opposite sides, or another number than 0. As PyTorch's `nn.ConstantPad2d`, with the
 * sides in the order of the axes.
 *
 * Shapes: `[n, channels, height, width] → [n, channels, height + top + bottom, width + left + right]`.
 *
 * @example
 * ```ts
 * import { ConstantPad2d } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 *
 * const layer = new ConstantPad2d([[0, 1], [-1, 0]]); // a row of zeros below, and no first column
 * const y = layer.forward(tensor([[[[1, 2, 3]]]]));
 * console.log(await y.reshape([2, 2]).array()); // → [ [ 2, 3 ], [ 0, 0 ] ]
 * ```
 */
export class ConstantPad2d extends Module {
  /** `[[top, bottom], [left, right]]` */
  readonly padding: Sides;
  /** What is put there. */
  readonly value: number;

  /**
   * @param padding `[[top, bottom], [left, right]]`; one number for all sides.
   * @param options `value`: what is put there. Default: 0.
   * @throws {ArgumentError} if `padding` is not such whole numbers, or `value` no number.
   */
  constructor(padding: number | Sides, { value = 0 }: { readonly value?: number } = {}) {
    super();
    const sides: unknown =
      typeof padding === "number"
        ? [
            [padding, padding],
            [padding, padding],
          ]
        : padding;
    const good = Array.isArray(sides) && sides.length === 2 && sides.every(isPair);
    if (!good) {
      throw new ArgumentError(
        `ConstantPad2d: padding must be [[top, bottom], [left, right]] in whole numbers, got ${JSON.stringify(padding)}`,
      );
    }
    if (typeof value !== "number")
      throw new ArgumentError(`ConstantPad2d: value must be a number, got ${String(value)}`);
    this.padding = sides as unknown as Sides;
    this.value = value;
  }

  /** @throws {ShapeError} if `x` has other axes. */
  forward(x: Tensor): Tensor {
    assertTensor("ConstantPad2d", x);
    const sides = this.padding.map(([before, after]): Padding => [Math.max(0, before), Math.max(0, after)]);
    const cuts = this.padding.map(
      ([before, after]): SliceRange => [Math.max(0, -before), after < 0 ? after : undefined],
    );
    return named("ConstantPad2d", () =>
      tidy(() => slice(pad(x, [[0, 0], [0, 0], ...sides], this.value), [], [], ...cuts)),
    );
  }

  override config(): LayerConfig {
    return { type: "ConstantPad2d", padding: this.padding, value: this.value };
  }

  /** The layer that a config describes. */
  static fromConfig({ padding, value }: LayerConfig): ConstantPad2d {
    return new ConstantPad2d(padding as Sides, { value: Number(value) });
  }
}

const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isSafeInteger);
