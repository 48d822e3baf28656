import {
  ArgumentError,
  type Backend,
  type DType,
  type FusedActivation,
  loadValues,
  moveValues,
  Parameter,
  type Tensor,
} from "@dlcc/tensor";
import { Buffer } from "./buffer.ts";

/** A part of a network: a module, or any function from tensor to tensor. */
export type Layer = Module | ((x: Tensor) => Tensor);

/** A network's architecture as plain data: the type of a layer, and the options that it was made with. */
export interface LayerConfig {
  /** The name of its class, or the label of its function. */
  readonly type: string;
  readonly [option: string]: unknown;
}

/** The target of `to`: a backend, a dtype, or both. */
export interface Target {
  /** Default: the current one. */
  readonly backend?: Backend;
  /** Default: the current one, too. */
  readonly dtype?: DType;
}

/** Whether to search an object for parts: only arrays, Maps and plain objects are searched. */
const isHolder = (value: unknown): value is object =>
  Array.isArray(value) ||
  value instanceof Map ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);

/**
 * The base class of layers that have parameters, other layers, or a mode. A subclass implements `forward`. Its
 * parameters, buffers and inner modules are discovered automatically: in its properties, and in arrays, plain objects and
 * Maps there, at any depth. Private `#fields` are not searched. To save its architecture, too, add `config()` and a
 * `static fromConfig`: see {@link fromConfig}.
 *
 * @example
 * ```ts
 * import { Linear, Module, relu } from "@dlcc/layers";
 * import { ones, type Tensor } from "@dlcc/tensor";
 *
 * class Skip extends Module {
 *   inner = new Linear(4, 4, { seed: 1 });
 *   forward(x: Tensor): Tensor {
 *     return x.add(relu(this.inner.forward(x)));
 *   }
 * }
 * const layer = new Skip();
 * console.log(layer.forward(ones([2, 4])).shape); // → [ 2, 4 ]
 * console.log([...layer.namedParameters().keys()].join(" ")); // → inner.weight inner.bias
 * ```
 */
export abstract class Module {
  /** Whether it is in training mode, which `Dropout` reads. `train()` and `eval()` set it, here and in all modules inside. */
  training = true;

  /** The output of the layer. */
  abstract forward(x: Tensor): Tensor;

  /**
   * `activation(forward(x))` in one kernel. Optional: `Sequential` calls it if one of these activations follows the layer.
   */
  forwardWith?(x: Tensor, activation: FusedActivation): Tensor;

  /**
   * The arguments that it was made with, as plain data that {@link fromConfig} reads.
   *
   * @throws {ArgumentError} if the subclass does not define `config()`.
   */
  config(): LayerConfig {
    throw new ArgumentError(`config: ${this.constructor.name} must have a config() to be saved`);
  }

  /** The cells and modules inside, at any depth, each once, by path from here. */
  #parts(): [path: string, part: Parameter | Module][] {
    const parts: [string, Parameter | Module][] = [];
    const seen = new Set<unknown>([this]);
    const visit = (holder: object, prefix: string): void => {
      const entries: Iterable<[unknown, unknown]> = holder instanceof Map ? holder : Object.entries(holder);
      for (const [key, value] of entries) {
        const isPart = value instanceof Module || value instanceof Parameter;
        if (seen.has(value) || !(isPart || isHolder(value))) continue;
        seen.add(value);
        const path = prefix + String(key);
        if (isPart) parts.push([path, value]);
        if (!(value instanceof Parameter)) visit(value, `${path}.`);
      }
    };
    visit(this, "");
    return parts;
  }

  /** All cells by path; or of buffers and of what is none, one kind. */
  #cells(isBuffer?: boolean): Map<string, Parameter> {
    const cells = new Map<string, Parameter>();
    for (const [path, part] of this.#parts()) {
      if (part instanceof Module || part instanceof Buffer !== (isBuffer ?? part instanceof Buffer)) continue;
      if (cells.has(path))
        throw new ArgumentError(`Module: paths must differ, got ${path} twice: rename one of the two`);
      cells.set(path, part);
    }
    return cells;
  }

  /**
   * All parameters by path from this module, such as `layers.0.weight`. A parameter in two places is listed once, by the
   * first of its paths. Listing changes nothing, so a module and the one around it may be listed in any order.
   *
   * @throws {ArgumentError} if two have the same path, as the keys `"a.b"` and `a: { b }` would give.
   * @example
   * ```ts
   * import { Linear, Sequential } from "@dlcc/layers";
   * const model = new Sequential([new Linear(2, 3)]);
   * console.log([...model.namedParameters().keys()].join(" ")); // → layers.0.weight layers.0.bias
   * ```
   */
  namedParameters(): Map<string, Parameter> {
    return this.#cells(false);
  }

  /**
   * All parameters, in the order of {@link Module.namedParameters}. Those of a `Sequential` are named by path, such as
   * `layers.0.weight`.
   */
  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  /** All buffers by path from this module: its state that is not trained. See {@link Buffer}. */
  namedBuffers(): Map<string, Buffer> {
    return this.#cells(true) as Map<string, Buffer>;
  }

  /** All buffers: state that is not trained. */
  buffers(): Buffer[] {
    return [...this.namedBuffers().values()];
  }

  /**
   * Sets the `name` of each parameter and buffer inside, which messages show, to its path from here. `Sequential` does this
   * when it is made; your own container can call it at the end of its constructor.
   */
  protected nameCells(): void {
    for (const [path, cell] of this.#cells()) cell.name = path;
  }

  /** This module and all inside, each once. */
  modules(): Module[] {
    return [this, ...this.#parts().flatMap(([, part]) => (part instanceof Module ? part : []))];
  }

  /** The values of all parameters and buffers by path, to be saved. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries([...this.#cells()].map(([path, cell]) => [path, cell.value]));
  }

  /**
   * Replaces the values of parameters and buffers. All are checked before the first is replaced: if one does not fit, nothing
   * has changed. The model stays on its backend.
   *
   * @param state Values by path, as `stateDict` gives them. Those on another backend are copied to this model's.
   * @param options `strict` (default: true) refuses missing and surplus names.
   * @throws {ArgumentError} naming missing and surplus names. @throws {ShapeError} if a shape or dtype differs.
   * @throws {BackendError} if a value on another backend can't be read at once, as on a GPU.
   */
  loadStateDict(state: Readonly<Record<string, Tensor>>, { strict = true }: { readonly strict?: boolean } = {}): void {
    loadValues("loadStateDict", "model", this.#cells(), state, strict);
  }

  /**
   * Moves all parameters and buffers to a backend, or to another dtype: all of them, or, if one can't be moved, none. Buffers
   * of whole numbers keep their dtype, and those that the host reads stay on cpu. An optimizer that has begun is moved by
   * itself, with `await optimizer.to(…)`; if it is not, its next step says so.
   *
   * @returns This module, when all has been moved.
   * @throws {DTypeError} if `dtype` is not one of floats. @throws {BackendError} if the backend does not have the dtype or the room.
   * @example
   * ```ts
   * import { Linear } from "@dlcc/layers";
   *
   * const layer = await new Linear(2, 3).to({ dtype: "float64" });
   * console.log(layer.weight.value.dtype); // → float64
   * ```
   */
  async to(target: Backend | Target): Promise<this> {
    const cells = [...this.#cells().values()].filter((cell) => !(cell instanceof Buffer && cell.host));
    await moveValues(cells, target);
    return this;
  }

  /**
   * Frees the values of all parameters and buffers: for a model that is no longer needed. Using it afterwards throws a
   * `DisposedError`.
   *
   * @example
   * ```ts
   * import { Linear } from "@dlcc/layers";
   * import { ones } from "@dlcc/tensor";
   *
   * const layer = new Linear(3, 2);
   * layer.dispose();
   * try {
   *   layer.forward(ones([1, 3]));
   * } catch (error) {
   *   console.log((error as Error).name); // → DisposedError
   * }
   * ```
   */
  dispose(): void {
    for (const cell of this.#cells().values()) cell.peek().dispose();
  }

  /** Sets training mode: dropout is on, and batch normalization takes the batch's mean and variance. */
  train(): this {
    for (const module of this.modules()) module.training = true;
    return this;
  }

  /** Sets evaluation mode: dropout is off, and batch normalization takes the running mean and variance. */
  eval(): this {
    for (const module of this.modules()) module.training = false;
    return this;
  }
}

/**
 * The output of a layer: `layer.forward(x)` of a module, `layer(x)` of a function.
 *
 * @example
 * ```ts
 * import { callLayer, Linear, relu } from "@dlcc/layers";
 * import { ones } from "@dlcc/tensor";
 * const shapes = [new Linear(3, 2), relu].map((layer) => callLayer(layer, ones([4, 3])).shape);
 * console.log(shapes); // → [ [ 4, 2 ], [ 4, 3 ] ]
 * ```
 */
export const callLayer = (layer: Layer, x: Tensor): Tensor => (layer instanceof Module ? layer.forward(x) : layer(x));
