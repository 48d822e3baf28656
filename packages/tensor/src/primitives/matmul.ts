/** The matrix product. */
import { needFloat, needSameDType } from "../checks.ts";
import { matmul as product } from "../cpu/matmul.ts";
import { ShapeError, show } from "../errors.ts";
import { type Primitive, runPrimitive as run } from "../op.ts";
import { sameShape } from "../shape.ts";

/** The matrix product, of stacks of matrices. */
export const matmul: Primitive<"matmul"> = {
  name: "matmul",
  run,
  result(_, [a, b]) {
    needSameDType("matmul", a, b);
    needFloat("matmul", a);
    const batch = a.shape.slice(0, -2);
    const [m, k] = a.shape.slice(-2) as [number, number];
    const [inner, n] = b.shape.slice(-2) as [number, number];
    if (a.rank < 2 || a.rank !== b.rank || !sameShape(batch, b.shape.slice(0, -2))) {
      throw new ShapeError(`matmul: leading axes differ, ${show(a.shape)} x ${show(b.shape)}`);
    }
    if (k !== inner) throw new ShapeError(`matmul: inner dimensions differ, ${show(a.shape)} x ${show(b.shape)}`);
    return { dtype: a.dtype, shape: [...batch, m, n] };
  },
  kernel: (_, [a, b]) => product(a, b),
};
