import { DlccError } from "./errors.ts";
import { tidy } from "./memory.ts";

/**
 * Runs a function that is made of others, as {@link tidy} does: what they refuse is refused in the name of this one, which the
 * caller knows. For those who extend dlcc; what a caller hands in, such as a model, must not run inside.
 *
 * @param name As messages begin.
 * @param fn A synchronous function.
 * @returns What `fn` returns.
 * @example
 * ```ts
 * import { exp, mul, named, type Tensor, tensor } from "@dlcc/tensor";
 *
 * const bell = (x: Tensor): Tensor => named("bell", () => exp(mul(x, x).neg()));
 * try {
 *   bell(tensor([true]));
 * } catch (error) {
 *   console.log((error as Error).message.split(":", 2).join(":")); // → bell: the input must be numbers, got bool [1]
 * }
 * ```
 */
export function named<T>(name: string, fn: () => T): T {
  try {
    return tidy(fn);
  } catch (error) {
    if (error instanceof DlccError) rename(error, name);
    throw error;
  }
}

/** Puts another name before the colon. Engines write the message into the stack when the error is made. */
function rename(error: DlccError, name: string): void {
  const { message, stack } = error;
  error.message = message.replace(/^\w+(?=:)/, () => name);
  if (stack) error.stack = stack.replace(message, () => error.message);
}
