/**
 * The one door that every op goes through. It finds the backend that the inputs are on, and runs the op there: the op
 * checks shapes and dtypes, once for all backends, makes tensors of the storages that the backend's kernel gives, in the
 * scope that is open, and tells the recorders.
 */
import type { Backend } from "./backend.ts";
import { ArgumentError, BackendError, kindOf } from "./errors.ts";
import { tidy } from "./memory.ts";
import type { Operation } from "./op.ts";
import type { Parameter } from "./parameter.ts";
import { isRecorded } from "./recorder.ts";
import type { Attributes, Inputs, Op, StepOp } from "./signatures.ts";
import { Tensor } from "./tensor.ts";

/**
 * Runs an op. The named functions (`matmul`, `add`, …) are what programs call; this is for those who extend dlcc.
 *
 * @param op The op, such as `ops.exp`.
 * @param attributes What the op takes besides tensors.
 * @param inputs Tensors on one backend, of shapes that fit: broadcasting is the named functions' business.
 * @throws {ShapeError | DTypeError | ArgumentError} if the inputs don't fit the op.
 * @throws {BackendError} if the inputs are on different backends.
 * @throws {DisposedError} if an input was disposed of.
 * @example
 * ```ts
 * import { apply, ops, tensor } from "@dlcc/tensor";
 *
 * const y = apply(ops.exp, {}, tensor([0, 0]));
 * console.log(await y.array()); // → [ 1, 1 ]
 * ```
 */
export function apply<O extends Exclude<Op, StepOp>>(
  op: Operation<O>,
  attributes: Attributes<O>,
  ...inputs: Inputs<O>
): Tensor {
  return op.run(backendOf(op.name, inputs), attributes, inputs, noReuse)[0];
}

const noReuse: readonly boolean[] = [];

/**
 * Runs one step of an optimizer: turns the cells' values and a gradient into new values, and puts them into the cells.
 * Where the backend has the step fused, and a cell holds the sole claim on its value, the old storage may be reused:
 * nobody can see the difference.
 *
 * @param op The step, such as `ops.sgdStep`.
 * @param cells The parameter, then the optimizer's own cells (velocity, moments), in the order of the op's inputs.
 * @param gradient Of the parameter's shape.
 * @example
 * ```ts
 * import { applyStep, ops, Parameter, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([1, 2]));
 * applyStep(ops.sgdStep, { lr: 0.5, weightDecay: 0, momentum: 0, nesterov: false }, [w], tensor([2, 2]));
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
    const backend = backendOf(op.name, inputs);
    // A tape that listens may need the old values, and takes its claims only when it is told.
    const reuse = inputs.map((input, i) => i < cells.length && input.holding.claims === 1 && !isRecorded());
    const outputs = op.run(backend, attributes, inputs as unknown as Inputs<O>, reuse);
    cells.forEach((cell, i) => {
      cell.take((outputs[i] as Tensor).claimed());
    });
  });
}

/** The backend that all inputs are on. */
function backendOf(op: string, inputs: readonly Tensor[]): Backend {
  let backend: Backend | undefined;
  for (const input of inputs) {
    if (!(input instanceof Tensor)) throw notATensor(op, input);
    if (input.disposed) input.refuse(op);
    const on = input.backend;
    backend ??= on;
    if (on !== backend) {
      throw new BackendError(
        `${op}: inputs are on two backends, ${backend.name} and ${on.name}: move one with await t.to(backend)`,
      );
    }
  }
  if (!backend) throw new ArgumentError(`${op}: needs at least one tensor`);
  return backend;
}

/** Says what came instead of a tensor; a tensor of another copy of this package is the case that puzzles people. */
export function notATensor(op: string, value: unknown): Error {
  if (typeof value === "object" && value !== null && "strides" in value && "backend" in value) {
    return new BackendError(
      `${op}: a tensor comes from another copy of @dlcc/tensor: this program has loaded two. Find them with \`npm ls @dlcc/tensor\`, and make the versions agree or run \`npm dedupe\``,
    );
  }
  return new ArgumentError(`${op}: expected a tensor, got ${kindOf(value)}: make one with tensor(…)`);
}
