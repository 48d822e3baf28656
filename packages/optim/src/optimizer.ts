/**
 * What all optimizers share: groups of parameters with options of their own, cells for what is remembered between steps,
 * the count of steps, and saving. What one optimizer adds is a rule for one parameter: see `sgd.ts`, `adam.ts`.
 */
import {
  ArgumentError,
  type Backend,
  full,
  loadValues,
  moveValues,
  Parameter,
  ShapeError,
  sameShape,
  type Tensor,
  tidy,
  zerosLike,
} from "@dlcc/tensor";
import type { Schedule } from "./schedules.ts";

/** The gradients of some parameters, as `valueAndGrad` gives them. */
export type Gradients = ReadonlyMap<Parameter, Tensor>;

/** Parameters with options of their own, as in `[{ parameters: weights, weightDecay: 1e-4 }, { parameters: biases }]`. */
export type ParameterGroup<Options> = {
  /** Whom the options are for. */
  readonly parameters: Iterable<Parameter>;
} & Partial<Options>;

/** What an optimizer trains: parameters, or groups of them. */
export type Trainable<Options> = Iterable<Parameter> | readonly ParameterGroup<Options>[];

/** What every optimizer is told. */
export interface CommonOptions {
  /** The learning rate η: a number, or a schedule: a function from the number of steps done to the rate. */
  readonly lr: number | Schedule;
}

/** A rule that turns a gradient into new values, for one parameter. */
export interface UpdateRule<Options extends Partial<CommonOptions>> {
  /** As messages name it. */
  readonly name: string;
  /** The learning rate where none is given. Without one, the caller must give it. */
  readonly lr?: number;
  /** Throws if an option is out of its range. It is asked for each group; the learning rate is seen to already. */
  readonly check?: (options: Options) => void;
  /** What is remembered for each parameter, as tensors of its shape that begin as zeros; by name. */
  readonly slots: (options: Options) => readonly string[];
  /** Puts new values into the cells: the parameter, then its slots. `step` counts from 1. */
  readonly update: (
    cells: readonly Parameter[],
    gradient: Tensor,
    options: Options & { readonly lr: number },
    step: number,
  ) => void;
}

/** Parameters that are trained alike. */
interface Group {
  readonly parameters: readonly Parameter[];
  readonly lr: number | Schedule;
  readonly slots: readonly string[];
  readonly update: (cells: readonly Parameter[], gradient: Tensor, lr: number, step: number) => void;
}

/**
 * Makes an optimizer of a rule.
 *
 * @param trainable Parameters, or groups of them: what a group does not say is taken from `options`.
 * @throws {ArgumentError} if there is nothing to train, a parameter is listed twice, or an option is out of its range.
 * @example
 * ```ts
 * import { createOptimizer, type UpdateRule } from "@dlcc/optim";
 * import { Parameter, sign, tensor, tidy } from "@dlcc/tensor";
 *
 * // Steps of one size, whatever the slope.
 * const signDescent: UpdateRule<{ lr: number }> = {
 *   name: "signDescent",
 *   slots: () => [],
 *   update: ([cell], gradient, { lr }) => tidy(() => {
 *     if (cell) cell.value = cell.value.sub(sign(gradient).mul(lr));
 *   }),
 * };
 * const w = new Parameter("w", tensor([1, 1]));
 * createOptimizer(signDescent, [w], { lr: 0.5 }).step(new Map([[w, tensor([3, -4])]]));
 * console.log(await w.value.array()); // → [ 0.5, 1.5 ]
 * ```
 */
export function createOptimizer<Options extends Partial<CommonOptions>>(
  rule: UpdateRule<Options>,
  trainable: Trainable<Options>,
  options: Options,
): Optimizer {
  if (typeof (trainable as Partial<Iterable<unknown>> | undefined)?.[Symbol.iterator] !== "function")
    throw notTrainable(rule.name);
  const items = [...trainable];
  const plain = items.filter((item) => item instanceof Parameter);
  const groups = plain.length === items.length ? [{ parameters: plain }] : (items as ParameterGroup<Options>[]);
  if (!groups.every((group) => group?.parameters)) throw notTrainable(rule.name);
  return new Optimizer(
    rule.name,
    groups.map(({ parameters, ...own }): Group => {
      const all: Options = { ...options, ...own };
      const lr = all.lr ?? rule.lr;
      if (lr === undefined) throw new ArgumentError(`${rule.name}: needs a learning rate, as in { lr: 0.1 }`);
      if (typeof lr !== "function") checkRange(rule.name, "lr", lr, 0);
      rule.check?.(all);
      return {
        parameters: [...parameters],
        lr,
        slots: rule.slots(all),
        update: (cells, gradient, lr, step) => rule.update(cells, gradient, { ...all, lr }, step),
      };
    }),
  );
}

const notTrainable = (name: string): ArgumentError =>
  new ArgumentError(
    `${name}: takes parameters, or groups { parameters, … }: see model.parameters(). If these are, this program has loaded two copies of @dlcc/tensor: see \`npm ls @dlcc/tensor\``,
  );

/**
 * Trains parameters: `step` moves them against their gradients. Made by `sgd`, `adam` and the like.
 *
 * @example
 * ```ts
 * import { sgd } from "@dlcc/optim";
 * import { Parameter, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([1, 1]));
 * const optimizer = sgd([w], { lr: 0.5, momentum: 0.9 });
 * optimizer.step(new Map([[w, tensor([2, -2])]]));
 * console.log(await w.value.array(), optimizer.steps); // → [ 0, 2 ] 1
 * console.log(Object.keys(optimizer.stateDict()).join(" ")); // → steps velocity.0
 * ```
 */
export class Optimizer {
  /** Which one it is, such as `sgd`. */
  readonly name: string;
  readonly #groups: readonly Group[];
  readonly #parameters: readonly Parameter[];
  /** What is remembered for each parameter, by slot. */
  #memory: Map<Parameter, Map<string, Parameter>> = new Map();
  #steps = 0;

  /** See {@link createOptimizer}. */
  constructor(name: string, groups: readonly Group[]) {
    this.name = name;
    this.#groups = groups;
    const all = groups.flatMap(({ parameters }) => parameters);
    this.#parameters = all;
    if (all.length === 0) throw new ArgumentError(`${name}: there are no parameters to train`);
    if (new Set(all).size !== all.length) throw new ArgumentError(`${name}: a parameter is listed twice`);
    if (all.some((parameter) => !(parameter instanceof Parameter))) throw notTrainable(name);
  }

  /** All parameters, group by group. */
  parameters(): Parameter[] {
    return [...this.#parameters];
  }

  /** How many steps have been done. */
  get steps(): number {
    return this.#steps;
  }

  /** The learning rate of the next step, of the first group. */
  get lr(): number {
    return this.#rateOf(this.#groups[0]?.lr ?? 0);
  }

  #rateOf(lr: number | Schedule): number {
    const rate = typeof lr === "function" ? lr(this.#steps) : lr;
    if (!(rate >= 0 && Number.isFinite(rate))) {
      throw new ArgumentError(`${this.name}: the learning rate ${rate} is not a number from 0`);
    }
    return rate;
  }

  /**
   * Moves each parameter against its gradient, and frees the gradients: they are the optimizer's from here on. A
   * parameter that has none stays as it is.
   *
   * @throws {ShapeError} if a gradient has not its parameter's shape; then no parameter has moved.
   * @throws {ArgumentError} if these are no gradients, or none of them is for a parameter of this optimizer.
   */
  step(gradients: Gradients): void {
    // In PyTorch, a step takes nothing.
    if (typeof (gradients as Partial<Gradients> | undefined)?.get !== "function") {
      throw new ArgumentError(`${this.name}: step takes the gradients that valueAndGrad gives, a Map`);
    }
    let some = false;
    for (const parameter of this.#parameters) {
      const [{ shape }, gradient] = [parameter.peek(), gradients.get(parameter)];
      if (!gradient) continue;
      some = true;
      if (sameShape(gradient.shape, shape)) continue;
      throw new ShapeError(
        `${this.name}: the gradient of ${parameter.name} is [${gradient.shape}], the parameter [${shape}]`,
      );
    }
    if (!some) {
      throw new ArgumentError(
        `${this.name}: none of these gradients is for a parameter of this optimizer: they are another model's, or the loss depends on no parameter (argmax, comparisons and reading cut the path)`,
      );
    }
    tidy(() => {
      for (const { parameters, lr, slots, update } of this.#groups) {
        const rate = this.#rateOf(lr);
        for (const parameter of parameters) {
          const gradient = gradients.get(parameter);
          if (!gradient) continue;
          const memory = this.#memory.get(parameter) ?? freshMemory(parameter, slots);
          this.#memory.set(parameter, memory);
          update([parameter, ...memory.values()], gradient, rate, this.#steps + 1);
        }
      }
    });
    this.#steps++;
    for (const gradient of gradients.values()) gradient.dispose();
  }

  /** What it remembers, to be saved beside the model's `stateDict`: the count of steps, and `slot.index` for each. */
  stateDict(): Record<string, Tensor> {
    const state: Record<string, Tensor> = { steps: full([], this.#steps, { dtype: "int32" }) };
    this.#parameters.forEach((parameter, i) => {
      for (const [slot, cell] of this.#memory.get(parameter) ?? []) state[`${slot}.${i}`] = cell.value;
    });
    return state;
  }

  /**
   * Goes on where another one stood that was made in the same way. All is checked before anything is replaced.
   *
   * @throws {ArgumentError} if the state is another optimizer's. @throws {ShapeError} if a shape or dtype differs.
   */
  async loadStateDict(state: Readonly<Record<string, Tensor>>): Promise<void> {
    const { steps, ...values } = state;
    if (!steps) throw new ArgumentError(`${this.name}: this is no optimizer's state: it lacks "steps"`);
    const done = await steps.item();
    const nothing = done > 0 && Object.keys(values).length === 0;
    const loaded = new Map<Parameter, Map<string, Parameter>>();
    const cells = new Map<string, Parameter>();
    let i = 0;
    for (const { parameters, slots } of this.#groups) {
      for (const parameter of parameters) {
        const ending = `.${i++}`;
        // A parameter that never had a gradient has nothing to be remembered; but what is remembered comes whole.
        if (!nothing && !slots.some((slot) => slot + ending in values)) continue;
        const memory = this.#memory.get(parameter) ?? freshMemory(parameter, slots);
        loaded.set(parameter, memory);
        for (const [slot, cell] of memory) cells.set(slot + ending, cell);
      }
    }
    loadValues(this.name, "optimizer", cells, values);
    this.#steps = done;
    this.#memory = loaded;
  }

  /** Moves what it remembers to a backend, as `model.to(backend)` does the model. */
  async to(backend: Backend): Promise<this> {
    for (const memory of this.#memory.values()) await moveValues(memory.values(), { backend });
    return this;
  }
}

/** What is remembered for a parameter, to begin with: zeros. */
const freshMemory = (parameter: Parameter, slots: readonly string[]): Map<string, Parameter> =>
  tidy(() => new Map(slots.map((slot) => [slot, new Parameter(slot, zerosLike(parameter.peek()))])));

/** Checks that an option is a number in a range. */
export function checkRange(
  name: string,
  option: string,
  value: number,
  low: number,
  high: number = Number.POSITIVE_INFINITY,
): void {
  if (typeof value === "number" && value >= low && value < high) return;
  const range = high === Number.POSITIVE_INFINITY ? `from ${low}` : `from ${low} to below ${high}`;
  throw new ArgumentError(`${name}: ${option} ${value} must be a number ${range}`);
}
