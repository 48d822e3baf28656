import { apply, notATensor } from "./apply.ts";
import { ShapeError } from "./errors.ts";
import { tidy } from "./memory.ts";
import { broadcastTo } from "./primitives/views.ts";
import { Tensor } from "./tensor.ts";

/** A claim of the cell's own. It is in no scope, so a cell that is forgotten is the finalizer's. */
function held(value: Tensor): Tensor {
  if (!(value instanceof Tensor)) throw notATensor("Parameter", value);
  // Under a number of its own: two cells that were given one tensor are two variables. Tapes see it as an op.
  const claimed = tidy(() => apply(broadcastTo, { shape: value.shape }, value).claimed());
  claimed.leaveScopes();
  return claimed;
}

/**
 * The one mutable thing: a cell with a name that holds a tensor. Optimizers, `model.to` and `loadStateDict` replace the
 * value; tensors are immutable, so tapes, views and variables that hold the old value are untouched.
 *
 * The cell has a claim of its own on its value. Each read of `value` hands out a tensor of the reader's: it belongs to
 * the scope that it was read in, and stays valid when the cell moves on.
 *
 * @example
 * ```ts
 * import { Parameter, tensor } from "@dlcc/tensor";
 *
 * const weight = new Parameter("weight", tensor([1, 2]));
 * const before = weight.value;
 * weight.value = before.mul(10);
 * console.log(await weight.value.array()); // → [ 10, 20 ]
 * console.log(await before.array()); // → [ 1, 2 ]
 * ```
 */
export class Parameter {
  /** Its path in the outermost module that has listed it, such as `layers.0.weight`. */
  name: string;
  #held: Tensor;

  /** The cell takes a claim of its own; the tensor that was handed in remains the caller's. */
  constructor(name: string, value: Tensor) {
    this.name = name;
    this.#held = held(value);
  }

  /** The value now, as a tensor of the reader's. */
  get value(): Tensor {
    return this.#held.alias();
  }

  /** The cell takes a claim of its own on the new value, and gives back that on the old one. */
  set value(value: Tensor) {
    const [is, was] = [value.shape.join(","), this.#held.shape.join(",")];
    if (is !== was) throw new ShapeError(`parameter ${this.name}: is [${was}], and can't become [${is}]`);
    const next = held(value);
    this.#held.dispose();
    this.#held = next;
  }

  /** The cell's own tensor, for those that replace it: not to be kept, nor disposed of. */
  peek(): Tensor {
    return this.#held;
  }
}
