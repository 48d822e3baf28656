import { ArgumentError, type Backend, type DType, loadValues, moveValues, Parameter, type Tensor } from "@dlcc/tensor";

/** What can stand in a network: a module, or any function from tensor to tensor. */
export type Layer = Module | ((x: Tensor) => Tensor);

/** A network's architecture as plain data: what it is, and what it was made with. */
export interface LayerConfig {
  /** The name of its class, or the label of its function. */
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Where a model is to go: a backend, a dtype, or both. */
export interface Target {
  /** Default: where it is. */
  readonly backend?: Backend;
  /** Default: as it is. */
  readonly dtype?: DType;
}

/** What is searched for parts: arrays, Maps and plain objects; an object of any other class is its own affair. */
const isHolder = (value: unknown): value is object =>
  Array.isArray(value) ||
  value instanceof Map ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);

/**
 * The base of layers that have parameters, other layers, or a mode. A subclass says what it computes in `forward`; its
 * parameters are found by themselves: they, and the modules that hold more of them, are properties of the object, or in
 * arrays, plain objects and Maps that are, however deep. Private `#fields` are not seen. To save its architecture, too,
 * give it a `config()` and a `static fromConfig`: see {@link fromConfig}.
 *
 * @example
 * ```ts
 * import { Linear, Module, relu } from "@dlcc/layers";
 * import { ones, type Tensor } from "@dlcc/tensor";
 *
 * class Residual extends Module {
 *   inner = new Linear(4, 4, { seed: 1 });
 *   forward(x: Tensor): Tensor {
 *     return x.add(relu(this.inner.forward(x)));
 *   }
 * }
 * const layer = new Residual();
 * console.log(layer.forward(ones([2, 4])).shape); // → [ 2, 4 ]
 * console.log(layer.parameters().map((parameter) => parameter.name).join(" ")); // → inner.weight inner.bias
 * ```
 */
export abstract class Module {
  /** Whether it is being trained: what `Dropout` asks. `train()` and `eval()` set it, here and in all modules inside. */
  training = true;

  /** What the layer computes. */
  abstract forward(x: Tensor): Tensor;

  /**
   * What it was made with, as plain data that {@link fromConfig} reads.
   *
   * @throws {ArgumentError} if the subclass does not say.
   */
  config(): LayerConfig {
    throw new ArgumentError(`config: ${this.constructor.name} has no config(): write one, to save its architecture`);
  }

  /** The parameters and modules inside, and inside of those, each once: by their paths from here. */
  #parts(): [path: string, part: Parameter | Module][] {
    const parts: [string, Parameter | Module][] = [];
    const seen = new Set<unknown>([this]);
    const visit = (holder: object, prefix: string): void => {
      const entries: Iterable<[unknown, unknown]> = holder instanceof Map ? holder : Object.entries(holder);
      for (const [key, value] of entries) {
        const isModule = value instanceof Module;
        if (seen.has(value) || !(isModule || value instanceof Parameter || isHolder(value))) continue;
        seen.add(value);
        const path = prefix + String(key);
        if (isModule || value instanceof Parameter) parts.push([path, value]);
        if (!(value instanceof Parameter)) visit(value, `${path}.`);
      }
    };
    visit(this, "");
    return parts;
  }

  /**
   * All parameters by path, such as `layers.0.weight`. One that stands in two places is listed once.
   *
   * @throws {ArgumentError} if two have the same path, as the keys `"a.b"` and `a: { b }` would give.
   */
  namedParameters(): Map<string, Parameter> {
    const named = new Map<string, Parameter>();
    for (const [path, part] of this.#parts()) {
      if (part instanceof Module) continue;
      if (named.has(path)) throw new ArgumentError(`parameters: two are called ${path}: rename one`);
      named.set(path, part);
    }
    return named;
  }

  /** All parameters. Each is named by its path in the outermost module that has listed it. */
  parameters(): Parameter[] {
    return [...this.namedParameters()].map(([path, parameter]) => {
      // A module inside lists shorter paths: the longer one is the one that tells where it is.
      if (!parameter.name.endsWith(`.${path}`)) parameter.name = path;
      return parameter;
    });
  }

  /** This module and all inside, each once. */
  modules(): Module[] {
    return [this, ...this.#parts().flatMap(([, part]) => (part instanceof Module ? part : []))];
  }

  /** The values of all parameters by path: what is saved. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries([...this.namedParameters()].map(([path, parameter]) => [path, parameter.value]));
  }

  /**
   * Replaces the parameters' values. All are checked before the first is replaced.
   *
   * @param state Values by path, as `stateDict` gives them, on this model's backend.
   * @param options `strict` (default: true) refuses missing and surplus names.
   * @throws {ArgumentError} naming what is missing or surplus. @throws {ShapeError} if a shape or dtype differs.
   */
  loadStateDict(state: Readonly<Record<string, Tensor>>, { strict = true }: { readonly strict?: boolean } = {}): void {
    loadValues("loadStateDict", "model", this.namedParameters(), state, strict);
  }

  /**
   * Moves all parameters to a backend, or to another dtype.
   *
   * @returns This module, when it is there.
   * @example
   * ```ts
   * import { Linear } from "@dlcc/layers";
   *
   * const layer = await new Linear(2, 3).to({ dtype: "float64" });
   * console.log(layer.weight.value.dtype); // → float64
   * ```
   */
  async to(target: Backend | Target): Promise<this> {
    if (typeof target !== "object" || target === null) {
      throw new ArgumentError(`to: takes a backend, such as cpu, or { backend, dtype }, got ${String(target)}`);
    }
    await moveValues(this.namedParameters().values(), "kernel" in target ? { backend: target } : target);
    return this;
  }

  /** Into training mode: dropout is on. */
  train(): this {
    for (const module of this.modules()) module.training = true;
    return this;
  }

  /** Into evaluation mode: dropout is off. */
  eval(): this {
    for (const module of this.modules()) module.training = false;
    return this;
  }
}

/**
 * What a layer gives for an input: of a module its `forward`, of a function its value.
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
