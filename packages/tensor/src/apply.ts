/**
 * The one door that every op goes through. It checks shapes and dtypes, once for all backends; asks the backend to run;
 * makes a tensor of the storage that comes back, in the scope that is open; and tells the recorders.
 */
import type { Backend } from "./backend.ts";
import { ArgumentError, BackendError } from "./errors.ts";
import { composites, type FusedResult, fusedResults } from "./fused.ts";
import { tidy } from "./memory.ts";
import type { Parameter } from "./parameter.ts";
import { type Primitive, primitives } from "./primitives.ts";
import { isRecorded, tell, unrecorded } from "./recorder.ts";
import type { Attributes, CustomAttributes, FusedOp, Inputs, Op, PrimitiveOp, StepOp } from "./signatures.ts";
import { fromStorage, Tensor } from "./tensor.ts";

/**
 * Runs an op. The named functions (`matmul`, `add`, …) are what programs call; this is for those who extend dlcc.
 *
 * @param op The op's name.
 * @param attributes What the op takes besides tensors.
 * @param inputs Tensors on one backend, of shapes that fit: broadcasting is the named functions' business.
 * @throws {ShapeError | DTypeError | ArgumentError} if the inputs don't fit the op.
 * @throws {BackendError} if the inputs are on different backends.
 * @throws {DisposedError} if an input was disposed of.
 * @example
 * ```ts
 * import { apply, tensor } from "@dlcc/tensor";
 *
 * const y = apply("exp", {}, tensor([0, 0]));
 * console.log(await y.array()); // → [ 1, 1 ]
 * ```
 */
export function apply<O extends Exclude<Op, StepOp>>(op: O, attributes: Attributes<O>, ...inputs: Inputs<O>): Tensor {
  const backend = backendOf(op, inputs);
  if (op === "custom") return applyCustom(attributes as CustomAttributes, inputs);
  if (!isPrimitive(op)) return applyFused(backend, op as FusedOp, attributes as never, inputs)[0];
  const output = (primitives[op] as unknown as Primitive<O>)(op, backend, attributes, inputs);
  tell<Op>({ op, attributes, inputs, outputs: [output] });
  return output;
}

/**
 * Runs one step of an optimizer: turns the cells' values and a gradient into new values, and puts them into the cells.
 * Where the backend has the step fused, and a cell holds the sole claim on its value, the old storage may be reused:
 * nobody can see the difference.
 *
 * @param op The step.
 * @param cells The parameter, then the optimizer's own cells (velocity, moments), in the order of the op's inputs.
 * @param gradient Of the parameter's shape.
 * @example
 * ```ts
 * import { applyStep, Parameter, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([1, 2]));
 * applyStep("sgdStep", { lr: 0.5, weightDecay: 0, momentum: 0, nesterov: false }, [w], tensor([2, 2]));
 * console.log(await w.value.array()); // → [ 0, 1 ]
 * ```
 */
export function applyStep<O extends StepOp>(
  op: O,
  attributes: Attributes<O>,
  cells: readonly Parameter[],
  gradient: Tensor,
): void {
  tidy(() => {
    const inputs = [...cells.map((cell) => cell.peek()), gradient];
    const backend = backendOf(op, inputs);
    // A tape that listens may need the old values, and takes its claims only when it is told.
    const reuse = inputs.map((input, i) => i < cells.length && input.holding.claims === 1 && !isRecorded());
    const outputs = applyFused(backend, op, attributes as never, inputs, reuse);
    cells.forEach((cell, i) => {
      cell.value = outputs[i] as Tensor;
    });
  });
}

function applyFused<O extends FusedOp>(
  backend: Backend,
  op: O,
  attributes: Attributes<O>,
  inputs: readonly Tensor[],
  reuse: readonly boolean[] = noReuse,
): [Tensor, ...Tensor[]] {
  const results = (fusedResults[op] as FusedResult<O>)(op, attributes, inputs as Inputs<O>);
  const method = backend.fused?.[op];
  if (!method) return composites[op](attributes as never, inputs as never) as [Tensor, ...Tensor[]];
  const storages = method(attributes as never, inputs, reuse);
  const outputs = storages.map((storage, i) => {
    const reused = reuse.includes(true) ? inputs.find((input, j) => reuse[j] && input.storage === storage) : undefined;
    const { dtype, shape } = results[i] as { dtype: Tensor["dtype"]; shape: Tensor["shape"] };
    return reused ? reused.overwritten() : fromStorage(backend, storage, dtype, shape);
  }) as [Tensor, ...Tensor[]];
  tell<Op>({ op, attributes, inputs: inputs as Inputs<O>, outputs });
  return outputs;
}

const noReuse: readonly boolean[] = [];

function applyCustom(attributes: CustomAttributes, inputs: readonly Tensor[]): Tensor {
  const output = tidy(() => {
    const result: unknown = unrecorded(() => attributes.forward(...inputs));
    if (!(result instanceof Tensor)) throw new ArgumentError(`${attributes.name}: forward must return one tensor`);
    return result.renewed(); // A value of its own, even where forward returned one of its inputs.
  });
  tell<Op>({ op: "custom", attributes, inputs, outputs: [output] });
  return output;
}

const isPrimitive = (op: Op): op is PrimitiveOp => op in primitives;

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
  return new ArgumentError(
    `${op}: expected a tensor, got ${value === null ? "null" : typeof value}: make one with tensor(…)`,
  );
}
