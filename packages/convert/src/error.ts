import { DlccError } from "@dlcc/tensor";

/** A model of another library that can't come in, or one of dlcc that can't go out: it is damaged, or parts are missing here. */
export class ConvertError extends DlccError {
  override readonly name = "ConvertError";
}

/** What throws an error that begins with the function that was called. */
export const failure =
  (op: string) =>
  (message: string, options?: ErrorOptions): never => {
    throw new ConvertError(`${op}: ${message}`, options);
  };
