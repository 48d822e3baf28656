import { ShapeError, show } from "../errors.ts";
import type { Result } from "../op.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** A gradient is as the output that it belongs to. */
export function checkGradient(op: string, gradient: Tensor, { dtype, shape }: Result): void {
  if (gradient.dtype === dtype && sameShape(gradient.shape, shape)) return;
  throw new ShapeError(
    `${op}: the gradient is ${gradient.dtype} ${show(gradient.shape)}, but the output ${dtype} ${show(shape)}`,
  );
}
