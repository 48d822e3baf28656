import { apply } from "./apply.ts";
import type { Backend } from "./backend.ts";
import { type DType, isFloat } from "./dtype.ts";
import { ArgumentError, BackendError, DTypeError, ShapeError, show } from "./errors.ts";
import { tidy } from "./memory.ts";
import { assertTensor } from "./ops/checks.ts";
import { broadcastTo } from "./ops/views.ts";
import { sameShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** The value as a variable of the cell's own, in no scope. */
function variableOf(value: Tensor): Tensor {
  assertTensor("Parameter", value);
  // Under a number of its own: two cells that were given one tensor are two variables. Tapes see it as an op.
  return tidy(() => apply(broadcastTo, { shape: value.shape }, value).retain());
}

/** A cell's content, apart from the cell: the finalizer releases it when the cell is forgotten. */
interface Content {
  tensor: Tensor;
  release(): void;
}

/**
 * The one mutable thing: a cell with a name that holds a tensor. Optimizers, `model.to` and `loadStateDict` replace the
 * value; tensors are immutable, so tapes, views and variables that hold the old value are untouched.
 *
 * The cell has a reference of its own to its value. Each read of `value` hands out a tensor of the reader's: it belongs to
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
  /** Whether it stays as it is: `valueAndGrad` gives it no gradient. Left out, it trains. `freeze` of `@dlcc/layers` sets it. */
  declare frozen?: boolean;
  readonly #content: Content;

  /** The cell has a reference of its own; the tensor that was handed in remains the caller's. */
  constructor(name: string, value: Tensor) {
    this.name = name;
    const content: Content = { tensor: variableOf(value), release: () => content.tensor.dispose() };
    this.#content = content;
    value.backend.finalizer?.register(this, content);
  }

  /** The value now, as a tensor of the reader's. */
  get value(): Tensor {
    return this.#content.tensor.alias();
  }

  /** The cell gets a reference of its own to the new value, of the same shape and dtype, and releases the old one. */
  set value(value: Tensor) {
    const { shape, dtype } = this.#content.tensor;
    const next = variableOf(value);
    const fits = sameShape(next.shape, shape);
    if (!fits || next.dtype !== dtype) {
      next.dispose();
      const [wrong, what, is, got] = fits
        ? [DTypeError, "dtype", dtype, `${next.dtype}: cast it, or move the model with model.to`]
        : [ShapeError, "shape", show(shape), show(next.shape)];
      throw new wrong(`parameter ${this.name}: the ${what} must stay ${is}, got ${got}`);
    }
    this.adopt(next);
  }

  /** Takes over a new value that has no other owner, such as the fresh result of an op. */
  adopt(next: Tensor): void {
    const { backend } = this.#content.tensor;
    this.#content.release();
    this.#content.tensor = next;
    if (next.backend === backend) return;
    backend.finalizer?.unregister(this);
    next.backend.finalizer?.register(this, this.#content);
  }

  /** The cell's own tensor, for those that replace it: not to be kept, nor disposed of. */
  peek(): Tensor {
    return this.#content.tensor;
  }
}

/**
 * Replaces the values of cells, by name: what `loadStateDict` of models and optimizers does. All values are checked, and
 * copied to where their cells are, before the first is replaced: if one does not fit, nothing has changed.
 *
 * @param op As messages begin.
 * @param whose What the cells belong to, such as `model`.
 * @param cells The cells by name.
 * @param values Their new values. Those on another backend, as from a file, are copied to the cell's.
 * @param strict Whether each cell must have a value and each value a cell.
 * @throws {ArgumentError} naming what is missing or surplus. @throws {ShapeError} if a shape or dtype differs.
 * @throws {DisposedError} if a value was disposed of. @throws {BackendError} if a value on another backend can't be read at once.
 * @example
 * ```ts
 * import { loadValues, Parameter, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([0, 0]));
 * loadValues("load", "model", new Map([["w", w]]), { w: tensor([1, 2]) });
 * console.log(await w.value.array()); // → [ 1, 2 ]
 * ```
 */
export function loadValues(
  op: string,
  whose: string,
  cells: ReadonlyMap<string, Parameter>,
  values: Readonly<Record<string, Tensor>>,
  strict = true,
): void {
  const missing = [...cells.keys()].filter((name) => !Object.hasOwn(values, name));
  const surplus = Object.keys(values).filter((name) => !cells.has(name));
  if (strict && missing.length + surplus.length > 0) {
    const list = (title: string, names: string[]): string =>
      names.length > 0 ? ` ${title}: ${names.join(", ")}.` : "";
    throw new ArgumentError(
      `${op}: the state is another ${whose}'s.${list("Missing", missing)}${list(`Not in this ${whose}`, surplus)}${whose === "model" ? " { strict: false } loads what fits" : ""}`,
    );
  }
  tidy(() => {
    const pairs = [...cells].flatMap(([name, cell]): [Parameter, Tensor][] => {
      if (!Object.hasOwn(values, name)) return [];
      const value = values[name] as Tensor;
      assertTensor(`${op}: ${name}`, value);
      const place = cell.peek();
      const { shape, dtype, backend } = place;
      if (!sameShape(value.shape, shape) || value.dtype !== dtype) {
        throw new ShapeError(
          `${op}: ${name} must be ${dtype} ${show(shape)}, as in this ${whose}, got ${value.dtype} ${show(value.shape)} in the state`,
        );
      }
      if (value.backend === backend) return [[cell, value]];
      if (value.backend.readSync) return [[cell, place.upload(value.dataSync(), dtype, shape)]];
      throw new BackendError(
        `${op}: ${name} must be on ${backend.name}, as in this ${whose}, or where it can be read at once, got ${value.backend.name}: move the state first, each with await t.to(backend)`,
      );
    });
    for (const [cell, value] of pairs) cell.value = value;
  });
}

/**
 * Moves the values of cells to a backend, or to another dtype: what `to` of models and optimizers does. All are moved, or,
 * if one can't be, none. Values of whole numbers and booleans keep their dtype.
 *
 * @param cells What to move.
 * @param target Where to: a backend, or what of both is to change.
 * @throws {ArgumentError} if the target is neither. @throws {DTypeError} if `dtype` is not one of floats. @throws {BackendError} if the backend does not have the dtype or the room.
 * @example
 * ```ts
 * import { moveValues, Parameter, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([1, 2]));
 * await moveValues([w], { dtype: "float64" });
 * console.log(w.value.dtype); // → float64
 * ```
 */
export async function moveValues(
  cells: Iterable<Parameter>,
  target: Backend | { readonly backend?: Backend; readonly dtype?: DType },
): Promise<void> {
  if (typeof target !== "object" || target === null) {
    throw new ArgumentError(`to: target must be a backend, such as cpu, or { backend, dtype }, got ${String(target)}`);
  }
  const { backend, dtype } = "kernel" in target ? { backend: target, dtype: undefined } : target;
  if (dtype !== undefined && !isFloat(dtype)) {
    throw new DTypeError(`to: the dtype must be float32 or float64, got ${dtype}: numbers would be cut`);
  }
  const moved: [cell: Parameter, next: Tensor][] = [];
  try {
    for (const cell of cells) {
      const before = cell.peek();
      const cast = tidy(() => cell.value.cast(dtype && isFloat(before.dtype) ? dtype : before.dtype));
      try {
        const there = backend ? await cast.to(backend) : cast;
        moved.push([cell, variableOf(there)]);
        there.dispose();
      } finally {
        cast.dispose();
      }
    }
  } catch (error) {
    for (const [, next] of moved) next.dispose();
    throw error;
  }
  for (const [cell, next] of moved) cell.adopt(next);
}
