import {
  ArgumentError,
  alias,
  DTypeError,
  isFloat,
  Parameter,
  ShapeError,
  Tensor,
  tidy,
  withRecorder,
  zerosLike,
} from "@dlcc/tensor";
import { distinct, one, Tape } from "./tape.ts";

/** What derivatives can be taken with respect to: a model's cells, or tensors such as its inputs. */
export type Variable = Parameter | Tensor;

/** A value with its gradients. */
export interface ValueAndGradients<V extends Variable> {
  /** What the function returned: a scalar. */
  readonly value: Tensor;
  /**
   * ∂value/∂variable, of the variable's shape and dtype. A variable that the value does not depend on is not there, nor is a
   * parameter that is frozen.
   */
  readonly gradients: ReadonlyMap<V, Tensor>;
}

/** A value that comes with something else, such as logits: it survives, and has no part in the derivatives. */
export interface WithAux<A> {
  /** The scalar to differentiate. */
  readonly value: Tensor;
  /** What comes with it. */
  readonly aux: A;
}

/**
 * Runs a function and backpropagates through it.
 *
 * It is a scope, as `tidy` is: what survives is `value`, the `gradients` and `aux`. All else that was made on the way is
 * freed. It nests: inside another `valueAndGrad` or `grad`, the gradients can themselves be differentiated.
 *
 * @param fn A synchronous function that computes a scalar from the variables. It may return `{ value, aux }`.
 * @param variables What to differentiate by: `model.parameters()`, or tensors.
 * @throws {ShapeError} if the value is not a scalar: reduce it with `mean()` or `sum()`.
 * @throws {DTypeError} if the value is not a float.
 * @throws {ArgumentError} if `fn` is async: read results after it, with `await value.item()`; or if the variables are
 *   in no list.
 * @example
 * ```ts
 * import { valueAndGrad } from "@dlcc/autograd";
 * import { Parameter, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([1, 2]));
 * const { value, gradients } = valueAndGrad(() => w.value.mul(w.value).sum(), [w]); // Σ w²
 * console.log(await value.item(), await gradients.get(w)?.array()); // → 5 [ 2, 4 ]
 * ```
 */
export function valueAndGrad<V extends Variable>(fn: () => Tensor, variables: Iterable<V>): ValueAndGradients<V>;
export function valueAndGrad<V extends Variable, A>(
  fn: () => WithAux<A>,
  variables: Iterable<V>,
): ValueAndGradients<V> & {
  /** What the function returned beside the value. */
  readonly aux: A;
};
export function valueAndGrad<V extends Variable>(
  fn: () => Tensor | WithAux<unknown>,
  variables: Iterable<V>,
): ValueAndGradients<V> & { readonly aux?: unknown } {
  // From JavaScript, one tensor is easily given in place of a list.
  if (typeof (variables as Partial<Iterable<V>> | undefined)?.[Symbol.iterator] !== "function") {
    throw new ArgumentError(
      "valueAndGrad: the variables must be in an array, as in [w, b], or all of a model's: model.parameters()",
    );
  }
  const tape = new Tape();
  try {
    return tidy(() => {
      const watched = [...variables].map((variable) => [variable, current(variable)] as const);
      for (const [variable, value] of watched) if (!(variable as Partial<Parameter>).frozen) tape.watch(value);
      const result = withRecorder(tape, fn);
      const value = result instanceof Tensor ? result : scalarOf(result);
      if (value.size !== 1) {
        throw new ShapeError(
          `valueAndGrad: the function must return a scalar, got [${value.shape}]: reduce it with mean() or sum()`,
        );
      }
      if (!isFloat(value.dtype)) {
        throw new DTypeError(
          `valueAndGrad: the function must return a float, got ${value.dtype}: whole numbers and booleans have no derivative`,
        );
      }
      const buffers = tape.backward([value], [one(value)]);
      const gradients = new Map<V, Tensor>();
      for (const [variable, { id }] of watched) {
        const gradient = buffers.get(id);
        // The caller's own tensor: two variables may share a gradient, and a derivative may hand out somebody else's.
        if (gradient) gradients.set(variable, alias(gradient));
      }
      // So is the value, which may be a variable itself.
      const both = { value: alias(value), gradients };
      return result instanceof Tensor ? both : { ...both, aux: result.aux };
    });
  } finally {
    tape.release();
  }
}

function current(variable: Variable): Tensor {
  if (variable instanceof Parameter) return variable.peek();
  if (variable instanceof Tensor) return variable;
  throw new ArgumentError(
    "valueAndGrad: the variables must be parameters or tensors. If they are, this program has loaded two copies of @dlcc/tensor: see `npm ls @dlcc/tensor`",
  );
}

function scalarOf(result: WithAux<unknown> | undefined): Tensor {
  if (typeof (result as { then?: unknown } | undefined)?.then === "function") {
    (result as unknown as PromiseLike<unknown>).then(undefined, () => {});
    throw new ArgumentError(
      "valueAndGrad: the function must not be async, as the tape ends when it returns: await before or after it",
    );
  }
  if (result?.value instanceof Tensor) return result.value;
  throw new ArgumentError(
    "valueAndGrad: the function must return a tensor, or { value, aux } with a tensor as value. If it does, this program has loaded two copies of @dlcc/tensor: see `npm ls @dlcc/tensor`",
  );
}

/**
 * The derivative of a function, as a function: `grad(f)(x) = ∇f(x)`. It nests: `grad(grad(f))` is the second derivative.
 *
 * @param f From tensors to a scalar.
 * @returns Takes what `f` takes, and gives the derivative by the first argument, of its shape; zeros where `f` does not
 * depend on it.
 * @throws {ShapeError} when called, if `f` does not give a scalar.
 * @example
 * ```ts
 * import { grad } from "@dlcc/autograd";
 * import { pow, type Tensor, tensor } from "@dlcc/tensor";
 *
 * const cube = (x: Tensor) => pow(x, 3);
 * console.log(await grad(cube)(tensor(2)).item(), await grad(grad(cube))(tensor(2)).item()); // → 12 12
 * ```
 */
export function grad<A extends readonly unknown[]>(
  f: (x: Tensor, ...rest: A) => Tensor,
): (x: Tensor, ...rest: A) => Tensor {
  return (x, ...rest) =>
    tidy(() => {
      const variable = distinct(x);
      const { gradients } = valueAndGrad(() => f(variable, ...rest), [variable]);
      return gradients.get(variable) ?? zerosLike(x);
    });
}
