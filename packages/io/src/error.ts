import { DlccError } from "@dlcc/tensor";

/** Bytes that are not a safetensors file, or tensors that can't be written as one. */
export class SafetensorsError extends DlccError {
  override readonly name = "SafetensorsError";
}

/** A file that can't be read or written; the message names it, and `cause` is the system's error. */
export class FileError extends DlccError {
  override readonly name = "FileError";
}
