import { DlccError } from "@dlcc/tensor";

/** Bytes that are not a safetensors file, or tensors that can't be written as one. */
export class SafetensorsError extends DlccError {
  override readonly name = "SafetensorsError";
}
