import { assertTensor, ShapeError, type Tensor, tidy } from "@dlcc/tensor";
import { type Layer, type LayerConfig, Module } from "./module.ts";
import { Sequential } from "./sequential.ts";

/** Layers, one after the other, as one module. */
const moduleOf = (layers: Layer | readonly Layer[]): Module =>
  layers instanceof Module ? layers : new Sequential([layers].flat());

/**
 * Adds what layers make of their input to it: `y = x + f(x)`. The gradient has a way past the layers, so deep networks of
 * such blocks train. Source: He et al. 2016.
 *
 * Shapes: `f` must keep that of its input; else a `shortcut` must bring `x` to the shape of `f(x)`.
 *
 * @example
 * ```ts
 * import { Linear, relu, Residual } from "@dlcc/layers";
 * import { ones } from "@dlcc/tensor";
 *
 * const block = new Residual([new Linear(4, 4), relu, new Linear(4, 4)]);
 * console.log(block.forward(ones([2, 4])).shape); // → [ 2, 4 ]
 * const wider = new Residual(new Linear(4, 8), { shortcut: new Linear(4, 8, { bias: false }) });
 * console.log(wider.forward(ones([2, 4])).shape); // → [ 2, 8 ]
 * ```
 */
export class Residual extends Module {
  /** What is added to the input. */
  readonly inner: Module;
  /** What the input goes through on its way past, if it does. */
  readonly shortcut: Module | undefined;

  /**
   * @param inner A layer, or several, one after the other.
   * @param options `shortcut`: what the input goes through, such as a projection to another number of channels.
   */
  constructor(
    inner: Layer | readonly Layer[],
    options: { readonly shortcut?: Layer | readonly Layer[] | undefined } = {},
  ) {
    super();
    this.inner = moduleOf(inner);
    this.shortcut = options.shortcut === undefined ? undefined : moduleOf(options.shortcut);
    this.nameCells();
  }

  /** @throws {ShapeError} if the two that are added differ in shape. */
  forward(x: Tensor): Tensor {
    assertTensor("Residual", x);
    return tidy(() => {
      const y = this.inner.forward(x);
      const past = this.shortcut ? this.shortcut.forward(x) : x;
      if (past.shape.join() !== y.shape.join()) {
        throw new ShapeError(
          `Residual: the layers must keep the shape [${past.shape}], got [${y.shape}]: give a shortcut that changes it, too`,
        );
      }
      return past.add(y);
    });
  }

  override config(): LayerConfig {
    const inner = this.inner.config();
    return { type: "Residual", inner, ...(this.shortcut && { shortcut: this.shortcut.config() }) };
  }

  /** The layer that a config describes; `read` makes the layers inside. */
  static fromConfig({ inner, shortcut }: LayerConfig, read: (config: LayerConfig) => Layer): Residual {
    return new Residual(read(inner as LayerConfig), {
      shortcut: shortcut === undefined ? undefined : read(shortcut as LayerConfig),
    });
  }
}
