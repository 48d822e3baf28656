/**
 * The one door that every op goes through: find the backend that the inputs are on, check the inputs, run the backend's
 * kernel, wrap its storages in tensors of the open scope, and call the recorders.
 */
import type { Backend, Kernel } from "./backend.ts";
import { claim } from "./budget.ts";
import { ArgumentError, BackendError } from "./errors.ts";
import { tidy } from "./memory.ts";
import { timer, tracer } from "./observer.ts";
import type { Composite, CustomOperation, KernelOperation, Operation, Outputs, Result, ViewOperation } from "./op.ts";
import { assertTensor } from "./ops/checks.ts";
import type { Parameter } from "./parameter.ts";
import { isRecorded, tell } from "./recorder.ts";
import type { Attributes, FusedOp, Inputs, Op, StepOp, ViewOp } from "./signatures.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/**
 * Runs an op. The ops are functions, which programs call (`matmul(a, b)`); this is for those who extend dlcc.
 *
 * @param op The op, such as `exp`, or `ops[name]`.
 * @param attributes What the op takes besides tensors.
 * @param inputs Tensors on one backend, of shapes that fit: broadcasting is the functions' business.
 * @throws {ShapeError | DTypeError | ArgumentError} if the inputs don't fit the op.
 * @throws {BackendError} if the inputs are on different backends.
 * @throws {DisposedError} if an input was disposed of.
 * @example
 * ```ts
 * import { apply, exp, tensor } from "@dlcc/tensor";
 *
 * const y = apply(exp, {}, tensor([0, 0]));
 * console.log(await y.array()); // → [ 1, 1 ]
 * ```
 */
export function apply<O extends Exclude<Op, StepOp>>(
  op: Operation<O>,
  attributes: Attributes<O>,
  ...inputs: Inputs<O>
): Tensor {
  return run(op, attributes, inputs, noReuse)[0];
}

const noReuse: readonly boolean[] = [];

/**
 * Runs one step of an optimizer: turns the cells' values and a gradient into new values, and puts them into the cells.
 * Where the backend has the step fused, and a cell has the only reference to its value, the old storage may be reused:
 * nobody can see the difference.
 *
 * @param op The step, such as `sgdStep`.
 * @param cells The parameter, then the optimizer's own cells (velocity, moments), in the order of the op's inputs.
 * @param gradient Of the parameter's shape.
 * @example
 * ```ts
 * import { applyStep, Parameter, sgdStep, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([1, 2]));
 * applyStep(sgdStep, { lr: 0.5, weightDecay: 0, momentum: 0, nesterov: false }, [w], tensor([2, 2]));
 * console.log(await w.value.array()); // → [ 0, 1 ]
 * ```
 */
export function applyStep<O extends StepOp>(
  op: Operation<O>,
  attributes: Attributes<O>,
  cells: readonly Parameter[],
  gradient: Tensor,
): void {
  tidy(() => {
    const inputs = [...cells.map((cell) => cell.peek()), gradient];
    // A tape may need the old values, and retains them only when it is called.
    const reuse = inputs.map((input, i) => i < cells.length && input.ref.count === 1 && !isRecorded());
    const outputs = run(op, attributes, inputs as unknown as Inputs<O>, reuse);
    cells.forEach((cell, i) => {
      cell.adopt((outputs[i] as Tensor).retain());
    });
  });
}

const run = <O extends Op>(
  op: Operation<O>,
  attributes: Attributes<O>,
  inputs: Inputs<O>,
  reuse: readonly boolean[],
): Outputs =>
  timer
    ? timer.op(op, attributes, () => compute(op, attributes, inputs, reuse))
    : compute(op, attributes, inputs, reuse);

function compute<O extends Op>(
  op: Operation<O>,
  attributes: Attributes<O>,
  inputs: Inputs<O>,
  reuse: readonly boolean[],
): Outputs {
  const first = checkedInputs(op, inputs);
  let outputs: Outputs | undefined;
  if ("view" in op) {
    const { view } = op as unknown as ViewOperation<ViewOp>;
    outputs = [first.viewAs(view(attributes as Attributes<ViewOp>, first))];
  } else if ("forward" in op) {
    const { forward } = op as unknown as CustomOperation;
    outputs = [forward(attributes as Attributes<"custom">, inputs as Inputs<"custom">)];
  } else {
    const computed = op as unknown as KernelOperation<FusedOp>;
    const results = computed.results(attributes as Attributes<FusedOp>, inputs as Inputs<FusedOp>);
    const kernel = first.backend.kernel(computed) as Kernel<Op> | undefined;
    // The ops of a composite come through this door themselves.
    if (!kernel) return compositeOf<O>(op, first.backend)(attributes, inputs) as Outputs;
    for (const { shape } of results) claim(op.name, shape);
    outputs = wrap(first, results, kernel(attributes, inputs as never, reuse), inputs, reuse);
  }
  tracer?.ran(op.name, outputs);
  tell({ op, attributes, inputs, outputs });
  return outputs;
}

/** Makes tensors of the storages that a kernel gave. One that the kernel wrote over is its input's. */
function wrap(
  first: Tensor,
  results: readonly Result[],
  storages: ReturnType<Kernel<Op>>,
  inputs: readonly TensorLike[],
  reuse: readonly boolean[],
): Outputs {
  return storages.map((storage, i) => {
    const result = results[i] as Result;
    const reused = reuse.length > 0 && inputs.find((x, j) => reuse[j] && (x as Tensor).storage === storage);
    return reused ? (reused as Tensor).overwritten() : first.make(storage, result.dtype, result.shape);
  }) as unknown as Outputs;
}

/** What runs where a backend has no kernel for a fused op. */
function compositeOf<O extends Op>(
  op: { readonly name: Op; readonly fused?: boolean },
  { name, composites }: Backend,
): Composite<O> {
  const composite = (composites as { readonly [name: string]: unknown } | undefined)?.[op.name];
  if (composite) return composite as Composite<O>;
  const way = ", or a composite: add composites of @dlcc/tensor to it, as in { ...backend, composites }";
  throw new BackendError(`${op.name}: the backend ${name} must have a kernel for it${op.fused ? way : ""}`);
}

/** Checks that the inputs are tensors on one backend (or numbers, where the op takes them). Returns the first tensor. */
function checkedInputs(
  op: { readonly name: string; readonly takesNumbers?: boolean },
  inputs: readonly TensorLike[],
): Tensor {
  const { name, takesNumbers } = op;
  let first: Tensor | undefined;
  for (const input of inputs) {
    if (takesNumbers && typeof input === "number") continue;
    assertTensor(name, input);
    first ??= input;
    if (input.backend !== first.backend) {
      throw new BackendError(
        `${name}: inputs must be on one backend, got ${first.backend.name} and ${input.backend.name}: move one with await t.to(backend)`,
      );
    }
  }
  if (!first) throw new ArgumentError(`${name}: at least one input must be a tensor`);
  return first;
}
