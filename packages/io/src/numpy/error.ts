import { DlccError } from "@dlcc/tensor";

/** Bytes that are not an array of NumPy's, or arrays that can't be written as one. */
export class NpyError extends DlccError {
  override readonly name = "NpyError";
}
