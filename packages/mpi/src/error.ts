import { DlccError } from "@dlcc/tensor";

/** Processes that don't form one world: no library, another launcher's, a rank that is lost, or one that trains another model. */
export class MpiError extends DlccError {
  override readonly name = "MpiError";
}
