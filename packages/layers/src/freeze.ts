import { ArgumentError } from "@dlcc/tensor";
import type { Module } from "./module.ts";

/** A pattern of paths, in which `*` stands for any letters. */
function matcher(pattern: string): RegExp {
  const literal = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*")}$`);
}

/** Sets the flag of the parameters whose paths match, and returns those paths. */
function setFrozen(op: string, model: Module, pattern: string, frozen: boolean): string[] {
  if (typeof model?.namedParameters !== "function") {
    throw new ArgumentError(`${op}: the model must be a Module, got ${model === null ? "null" : typeof model}`);
  }
  if (typeof pattern !== "string") {
    throw new ArgumentError(`${op}: the pattern must be a text such as "layers.0.*", got ${typeof pattern}`);
  }
  const matches = matcher(pattern);
  const found = [...model.namedParameters()].filter(([path]) => matches.test(path));
  if (found.length === 0) {
    throw new ArgumentError(
      `${op}: the pattern must match one of ${[...model.namedParameters().keys()].join(", ")}, got ${JSON.stringify(pattern)}`,
    );
  }
  for (const [, parameter] of found) parameter.frozen = frozen;
  return found.map(([path]) => path);
}

/**
 * Keeps parameters as they are: `valueAndGrad` gives them no gradient, so no optimizer moves them, and does not compute what
 * leads to them alone. As PyTorch's `requires_grad_(False)`. Running statistics go on moving in training mode: `eval()` stops
 * those of a part.
 *
 * @param pattern A path, such as `layers.0.weight`, or with `*` for any letters: `layers.0.*`.
 * @returns The paths of the parameters that are frozen now.
 * @throws {ArgumentError} if no parameter has such a path.
 * @example
 * ```ts
 * import { valueAndGrad } from "@dlcc/autograd";
 * import { freeze, Linear, relu, Sequential } from "@dlcc/layers";
 * import { ones } from "@dlcc/tensor";
 *
 * const model = new Sequential([new Linear(2, 3), relu, new Linear(3, 1)]);
 * console.log(freeze(model, "layers.0.*")); // → [ 'layers.0.weight', 'layers.0.bias' ]
 * const { gradients } = valueAndGrad(() => model.forward(ones([4, 2])).sum(), model.parameters());
 * console.log([...gradients.keys()].map(({ name }) => name)); // → [ 'layers.2.weight', 'layers.2.bias' ]
 * ```
 */
export const freeze = (model: Module, pattern: string): string[] => setFrozen("freeze", model, pattern, true);

/**
 * Lets parameters train again that {@link freeze} has stopped.
 *
 * @param pattern As for `freeze`.
 * @returns The paths of the parameters that train now.
 * @throws {ArgumentError} if no parameter has such a path.
 * @example
 * ```ts
 * import { freeze, Linear, unfreeze } from "@dlcc/layers";
 *
 * const layer = new Linear(2, 3);
 * freeze(layer, "*");
 * console.log(unfreeze(layer, "bias")); // → [ 'bias' ]
 * ```
 */
export const unfreeze = (model: Module, pattern: string): string[] => setFrozen("unfreeze", model, pattern, false);
