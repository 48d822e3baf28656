/**
 * What can go wrong, as classes. Each message names the op, what it was given, and the way out.
 */

/** The base of dlcc's own errors: `error instanceof DlccError`. */
export class DlccError extends Error {
  /** The name of the class, as it stands in stack traces. */
  override readonly name: string = "DlccError";
}

/** Shapes that don't fit the op or each other. */
export class ShapeError extends DlccError {
  override readonly name = "ShapeError";
}

/** A dtype that the op does not take, or two that differ. */
export class DTypeError extends DlccError {
  override readonly name = "DTypeError";
}

/** Inputs on two backends, a device that can't do what was asked, or a job that failed on it. */
export class BackendError extends DlccError {
  override readonly name = "BackendError";
}

/** A tensor was used after its claim had been given back, by `dispose()` or at the end of a `tidy`. */
export class DisposedError extends DlccError {
  override readonly name = "DisposedError";
}

/** An argument that is neither shape nor dtype: a learning rate below zero, an unknown name, an axis that isn't there. */
export class ArgumentError extends DlccError {
  override readonly name = "ArgumentError";
}

/** What a value is, as messages name it: `null`, `number`, `Array`. */
export const kindOf = (value: unknown): string =>
  typeof value === "object" ? (value?.constructor?.name ?? String(value)) : typeof value;

/** A shape as messages print it: `[64,784]`. */
export const show = (shape: readonly number[]): string => `[${shape.join(",")}]`;
