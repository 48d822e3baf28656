import { flatten, type Tensor } from "@dlcc/tensor";
import { type LayerConfig, Module } from "./module.ts";

/**
 * Makes each example one row: `[n, …] → [n, features]`. Contiguous data gives a view, other data a copy.
 *
 * @example
 * ```ts
 * import { Flatten } from "@dlcc/layers";
 * import { zeros } from "@dlcc/tensor";
 * console.log(new Flatten().forward(zeros([8, 28, 28])).shape); // → [ 8, 784 ]
 * ```
 */
export class Flatten extends Module {
  forward(x: Tensor): Tensor {
    return flatten(x);
  }

  override config(): LayerConfig {
    return { type: "Flatten" };
  }

  /** The layer that a config describes. */
  static fromConfig(): Flatten {
    return new Flatten();
  }
}
