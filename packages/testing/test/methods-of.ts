import {
  type Attributes,
  type Backend,
  type Computed,
  composites,
  type FusedOp,
  type Kernel,
  type Methods,
  type Operand,
  ops,
  type PrimitiveOp,
  type Storage,
  type Views,
} from "@dlcc/tensor";

/** The kernels of a backend as methods, one for each kind of op: the inverse of `kernelsOf`, for tests that change one. */
export function methodsOf(backend: Backend): Methods {
  function run<O extends PrimitiveOp>(op: O, attributes: Attributes<O>, ...inputs: readonly Operand[]): Storage {
    const kernel = backend.kernel(ops[op] as unknown as Computed<O>) as Kernel<O>;
    return kernel(attributes, inputs as unknown as Views<O>, [])[0] as Storage;
  }
  const fused = (Object.keys(composites) as FusedOp[]).map(
    (op) => [op, backend.kernel(ops[op] as unknown as Computed<FusedOp>)] as const,
  );
  return {
    unary: (op, x) => run(op, {}, x),
    binary: (op, a, b) => run(op, {}, a, b),
    where: (condition, a, b) => run("where", {}, condition, a, b),
    cast: (x, dtype) => run("cast", { dtype }, x),
    reduce: (op, x, axes) => run(op, { axes }, x),
    argmax: (x, axis) => run("argmax", { axis }, x),
    argsort: (x, axis, descending) => run("argsort", { axis, descending }, x),
    matmul: (a, b) => run("matmul", {}, a, b),
    copy: (x) => run("copy", {}, x),
    pad: (x, padding, value) => run("pad", { padding, value }, x),
    concat: (inputs, axis) => run("concat", { axis }, ...inputs),
    gather: (x, indices, axis) => run("gather", { axis }, x, indices),
    scatterAdd: (x, indices, axis, size) => run("scatterAdd", { axis, size }, x, indices),
    unfold: (x, window) => run("unfold", { window }, x),
    fold: (x, window, size) => run("fold", { window, size }, x),
    fused: Object.fromEntries(fused.filter(([, kernel]) => kernel)),
  };
}
