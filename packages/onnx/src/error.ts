import { DlccError } from "@dlcc/tensor";

/** Bytes that are not an ONNX model, a model that has what dlcc lacks, or a network that ONNX can't say. */
export class OnnxError extends DlccError {
  override readonly name = "OnnxError";
}
