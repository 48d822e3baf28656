import { DlccError } from "@dlcc/tensor";

/** A file or folder that is missing or can't be read. */
export class FileError extends DlccError {
  override readonly name = "FileError";
}

/** An error of the same class, with the place in front of its message. */
export function located(error: unknown, place: string): unknown {
  if (!(error instanceof DlccError)) return error;
  const Kind = error.constructor as new (message: string, options: ErrorOptions) => DlccError;
  return new Kind(`${place}: ${error.message}`, { cause: error });
}
