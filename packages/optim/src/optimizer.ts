/**
 * What all optimizers share: groups of parameters with their own options, the state that is kept between steps, the count
 * of steps, and saving. Each optimizer adds a rule for one parameter: see `sgd.ts`, `adam.ts`.
 */
import {
  ArgumentError,
  assertTensor,
  type Backend,
  BackendError,
  type DType,
  DTypeError,
  full,
  loadValues,
  moveValues,
  Parameter,
  ShapeError,
  sameShape,
  type Tensor,
  tidy,
} from "@dlcc/tensor";
import { free, freshMemories, type Memories } from "./memories.ts";
import type { Schedule } from "./schedules.ts";

/** The gradients of some parameters, as `valueAndGrad` gives them. */
export type Gradients = ReadonlyMap<Parameter, Tensor>;

/** Parameters with their own options, as in `[{ parameters: weights, weightDecay: 1e-4 }, { parameters: biases }]`. */
export type ParameterGroup<Options> = {
  /** The parameters that these options apply to. */
  readonly parameters: Iterable<Parameter>;
} & Partial<Options>;

/** What an optimizer trains: parameters, or groups of them. */
export type Trainable<Options> = Iterable<Parameter> | readonly ParameterGroup<Options>[];

/** The options of every optimizer. */
export interface CommonOptions {
  /** The learning rate η: a number, or a schedule: a function from the number of steps done to the rate. */
  readonly lr: number | Schedule;
}

/** A rule that turns a gradient into new values, for one parameter. */
export interface UpdateRule<Options extends Partial<CommonOptions>> {
  /** Its name in messages. */
  readonly name: string;
  /** The default learning rate. Without a default, the caller must pass `lr`. */
  readonly lr?: number;
  /** Throws if an option is out of its range. Called once per group; `lr` has been checked. */
  readonly check?: (options: Options) => void;
  /** The names of each parameter's state tensors, which have its shape and start as zeros. */
  readonly slots: (options: Options) => readonly string[];
  /** Writes new values into the cells: the parameter, then its slots. `step` counts from 1. */
  readonly update: (
    cells: readonly Parameter[],
    gradient: Tensor,
    options: Options & { readonly lr: number },
    step: number,
  ) => void;
}

/** Parameters with the same options. */
interface Group {
  readonly parameters: readonly Parameter[];
  readonly lr: number | Schedule;
  readonly slots: readonly string[];
  readonly update: (cells: readonly Parameter[], gradient: Tensor, lr: number, step: number) => void;
}

/**
 * Makes an optimizer from a rule.
 *
 * @param trainable Parameters, or groups of them. A group takes the options that it lacks from `options`.
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
    throw notTrainable(rule.name, trainable);
  const items = [...trainable];
  const plain = items.filter((item) => item instanceof Parameter);
  const groups = plain.length === items.length ? [{ parameters: plain }] : (items as ParameterGroup<Options>[]);
  const wrong = groups.findIndex((group) => !group?.parameters);
  if (wrong >= 0) throw notTrainable(rule.name, items[wrong]);
  return new Optimizer(
    rule.name,
    groups.map(({ parameters, ...own }): Group => {
      const all: Options = { ...options, ...own };
      const lr = all.lr ?? rule.lr;
      if (lr === undefined)
        throw new ArgumentError(`${rule.name}: lr must be a number or a schedule, got none: pass { lr: 0.1 }`);
      if (typeof lr !== "function") assertRange(rule.name, "lr", lr, 0);
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

const notTrainable = (name: string, found: unknown): ArgumentError =>
  new ArgumentError(
    `${name}: parameters must be Parameters or groups { parameters, … }, got ${(found as object | undefined)?.constructor?.name ?? String(found)}: pass model.parameters(). If it is a Parameter, the program has loaded two copies of @dlcc/tensor: see \`npm ls @dlcc/tensor\``,
  );

/**
 * Trains parameters: `step` moves them against their gradients. `sgd`, `adam` and the like make one.
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
  /** Its name, such as `sgd`. */
  readonly name: string;
  readonly #groups: readonly Group[];
  readonly #parameters: readonly Parameter[];
  /** The state of each parameter, by slot. */
  #memory: Memories = new Map();
  #steps = 0;

  /** See {@link createOptimizer}. */
  constructor(name: string, groups: readonly Group[]) {
    this.name = name;
    this.#groups = groups;
    const all = groups.flatMap(({ parameters }) => parameters);
    this.#parameters = all;
    if (all.length === 0) throw new ArgumentError(`${name}: parameters must have at least one to train, got none`);
    const wrong = all.findIndex((parameter) => !(parameter instanceof Parameter));
    if (wrong >= 0) throw notTrainable(name, all[wrong]);
    const twice = all.find((parameter, i) => all.indexOf(parameter) < i);
    if (twice) throw new ArgumentError(`${name}: each parameter must be listed once, got ${twice.name} twice`);
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
    assertRange(this.name, "lr", rate, 0);
    return rate;
  }

  /**
   * Moves each parameter against its gradient, and frees the gradients: the optimizer takes ownership of them. A parameter
   * without a gradient stays as it is. All is checked before the first parameter moves: after an error listed here nothing has
   * changed, and the gradients are still the caller's.
   *
   * @throws {ShapeError | DTypeError | BackendError} if a gradient and its parameter differ in shape, dtype or backend.
   * @throws {DTypeError | BackendError} if the model was moved, and this optimizer's state was not.
   * @throws {DisposedError} if a gradient or a parameter was disposed of.
   * @throws {ArgumentError} if `gradients` is not a Map, or has none for a parameter of this optimizer, or a schedule gives
   * no rate.
   */
  step(gradients: Gradients): void {
    // Users of PyTorch call `step` without an argument.
    if (typeof (gradients as Partial<Gradients> | undefined)?.get !== "function") {
      throw new ArgumentError(
        `${this.name}: gradients must be the Map that valueAndGrad returns, got ${typeof gradients}`,
      );
    }
    const rates = this.#groups.map(({ lr }) => this.#rateOf(lr));
    const moving = this.#parameters.filter((parameter) => gradients.has(parameter));
    for (const parameter of moving) this.#check(parameter, gradients.get(parameter));
    if (moving.length === 0) {
      throw new ArgumentError(
        `${this.name}: gradients must have one for a parameter of this optimizer, got none: they belong to another model, or the loss does not depend on a parameter (argmax, comparisons and reading data cut the path)`,
      );
    }
    // If the memory is full, it shows here.
    const begins = (parameter: Parameter): boolean => gradients.has(parameter) && !this.#memory.has(parameter);
    for (const [parameter, memory] of freshMemories(this.#groups, begins)) this.#memory.set(parameter, memory);
    tidy(() => {
      this.#groups.forEach(({ parameters, update }, i) => {
        for (const parameter of parameters) {
          const [gradient, memory] = [gradients.get(parameter), this.#memory.get(parameter)];
          if (!gradient || !memory) continue;
          update([parameter, ...memory.values()], gradient, rates[i] as number, this.#steps + 1);
        }
      });
    });
    this.#steps++;
    for (const gradient of gradients.values()) gradient.dispose();
  }

  /** A step's inputs must be alike: the parameter, its gradient, and what was kept since the last step. */
  #check(parameter: Parameter, gradient: Tensor | undefined): void {
    const what = `${this.name}: the gradient of ${parameter.name}`;
    assertTensor(what, gradient);
    assertTensor(`${this.name}: ${parameter.name}`, parameter.peek());
    const { shape, dtype, backend } = parameter.peek();
    if (!sameShape(gradient.shape, shape)) {
      throw new ShapeError(`${what} must have its shape [${shape}], got [${gradient.shape}]`);
    }
    if (gradient.dtype !== dtype) throw new DTypeError(`${what} must have its dtype ${dtype}, got ${gradient.dtype}`);
    if (gradient.backend !== backend) {
      throw new BackendError(`${what} must be on its backend ${backend.name}, got ${gradient.backend.name}`);
    }
    for (const cell of this.#memory.get(parameter)?.values() ?? []) {
      const state = cell.peek();
      if (state.dtype === dtype && state.backend === backend) continue;
      const DTypeOrBackend = state.dtype === dtype ? BackendError : DTypeError;
      throw new DTypeOrBackend(
        `${this.name}: the ${cell.name} of ${parameter.name} must be ${dtype} on ${backend.name}, as the parameter is, got ${state.dtype} on ${state.backend.name}: create the optimizer after model.to, or move it as well, with await optimizer.to({ backend: ${backend.name}, dtype: "${dtype}" })`,
      );
    }
  }

  /** The cells of a state by name: `slot.index`, by the parameter's index. */
  #cellsOf(memory: Memories): Map<string, Parameter> {
    return new Map(
      this.#parameters.flatMap((parameter, i) =>
        Array.from(memory.get(parameter) ?? [], ([slot, cell]) => [`${slot}.${i}`, cell] as const),
      ),
    );
  }

  /** Its state, to be saved beside the model's `stateDict`: the count of steps, and `slot.index` for each parameter. */
  stateDict(): Record<string, Tensor> {
    const state: Record<string, Tensor> = { steps: full([], this.#steps, { dtype: "int32" }) };
    for (const [name, cell] of this.#cellsOf(this.#memory)) state[name] = cell.value;
    return state;
  }

  /**
   * Continues from the state of an optimizer that was made in the same way. All is checked before anything is replaced: if it
   * does not fit, nothing has changed. The state comes to lie where the parameters are.
   *
   * @throws {ArgumentError} if the state is of another optimizer, or its count of steps is none.
   * @throws {ShapeError} if a shape or dtype differs. @throws {BackendError} if a value on another backend can't be read at once.
   */
  async loadStateDict(state: Readonly<Record<string, Tensor>>): Promise<void> {
    const { steps, ...values } = state;
    if (!steps) throw new ArgumentError(`${this.name}: the state of an optimizer must have "steps", got none`);
    assertTensor(`${this.name}: steps`, steps);
    const done = await steps.item();
    if (!Number.isSafeInteger(done) || done < 0)
      throw new ArgumentError(`${this.name}: steps must be a whole number from 0, got ${done}`);
    const nothing = done > 0 && Object.keys(values).length === 0;
    const indices = new Map(this.#parameters.map((parameter, i) => [parameter, i]));
    // A parameter that never had a gradient has no state; otherwise it must have all of its slots.
    const loaded = freshMemories(
      this.#groups,
      (parameter, slots) => nothing || slots.some((slot) => Object.hasOwn(values, `${slot}.${indices.get(parameter)}`)),
    );
    try {
      loadValues(this.name, "optimizer", this.#cellsOf(loaded), values);
    } catch (error) {
      free(loaded);
      throw error;
    }
    free(this.#memory);
    this.#steps = done;
    this.#memory = loaded;
  }

  /** Frees its state, such as velocities and moments. If it takes another step, it begins anew, as a new optimizer does. */
  dispose(): void {
    free(this.#memory);
    this.#memory.clear();
    this.#steps = 0;
  }

  /**
   * Moves its state to a backend, or to another dtype, as `model.to` moves the model: all of it, or, if some can't be moved,
   * nothing.
   */
  async to(target: Backend | { readonly backend?: Backend; readonly dtype?: DType }): Promise<this> {
    await moveValues(this.#cellsOf(this.#memory).values(), target);
    return this;
  }
}

/** Throws unless an option is a number in a range. */
export function assertRange(
  name: string,
  option: string,
  value: number,
  low: number,
  high: number = Number.POSITIVE_INFINITY,
): void {
  if (typeof value === "number" && value >= low && value < high) return;
  const range = high === Number.POSITIVE_INFINITY ? `finite number from ${low}` : `number from ${low} to below ${high}`;
  throw new ArgumentError(`${name}: ${option} must be a ${range}, got ${value}`);
}
