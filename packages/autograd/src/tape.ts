/**
 * Backpropagation: the course's algorithm for any composition of ops.
 *
 *     forward:   u₀ = x;     for l = 1 … L:  store u_l = y_l(u_{l−1}, θ_l)
 *     backward:  buffer = 1; for l = L … 1:  ∂C/∂θ_l = ∂y_l/∂θ_l · buffer
 *                                            buffer  = ∂y_l/∂u_{l−1} · buffer
 *
 * Going forward, `record` stores each u_l: the inputs and outputs of every op that leads on from a watched value. Going
 * back, `backward` holds a buffer for each value instead of one, as ops form a graph and not a chain: where a value was used
 * twice, what comes back adds up.
 */
import {
  apply,
  broadcastTo,
  type Composite,
  type Op,
  onesLike,
  type Recorder,
  retain,
  type Step,
  type Tensor,
  type TensorLike,
  type Thunk,
  tidy,
  withRecorder,
} from "@dlcc/tensor";

/** Records the ops that lead on from the values that it watches, and walks them back. */
export class Tape implements Recorder {
  readonly #steps: Step[] = [];
  /** The values that lead on from a watched one, by number. */
  readonly #tracked: Set<number> = new Set();

  /** Derivatives with respect to this value can be asked for. */
  watch(value: Tensor): void {
    this.#tracked.add(value.id);
  }

  /** Whether derivatives with respect to this input can be asked for. A number is a constant. */
  #tracks(input: TensorLike): input is Tensor {
    return typeof input !== "number" && this.#tracked.has(input.id);
  }

  /** Stores a step with references of the tape's own, so that no `tidy` and no `dispose` can take its values away. */
  record(step: Step): void {
    if (!step.inputs.some((input) => this.#tracks(input))) return;
    for (const output of step.outputs) this.#tracked.add(output.id);
    const kept = (value: TensorLike): TensorLike => (typeof value === "number" ? value : retain(value));
    this.#steps.push({
      op: step.op,
      attributes: step.attributes,
      inputs: step.inputs.map(kept) as unknown as Step["inputs"],
      outputs: step.outputs.map(kept) as unknown as Step["outputs"],
    });
  }

  /**
   * The way back from outputs whose gradients are given.
   *
   * @returns ∂C/∂value by the value's number, for the watched values that C depends on (and some that lie between).
   */
  backward(outputs: readonly Tensor[], gradients: readonly (Tensor | undefined)[]): Map<number, Tensor> {
    const buffers = new Map<number, Tensor>();
    const add = (value: Tensor, gradient: Tensor): void => {
      const buffer = buffers.get(value.id);
      buffers.set(value.id, buffer ? buffer.add(gradient) : gradient);
    };
    outputs.forEach((output, i) => {
      const gradient = gradients[i];
      if (gradient) add(output, gradient);
    });
    for (let l = this.#steps.length - 1; l >= 0; l--) {
      const step = this.#steps[l] as Step;
      const incoming = step.outputs.map((output) => buffers.get(output.id));
      if (incoming.every((gradient) => gradient === undefined)) continue;
      // What a derivative makes on its way is freed at once; what it returns belongs to the caller's scope.
      const inputs: readonly TensorLike[] = step.inputs;
      const derivatives = tidy(() => {
        const thunks = derivativesOf(step, incoming);
        return inputs.map((input, i) => (this.#tracks(input) ? thunks[i]?.() : undefined));
      });
      derivatives.forEach((derivative, i) => {
        if (derivative) add(inputs[i] as Tensor, derivative);
      });
    }
    return buffers;
  }

  /** Releases all that it stored. */
  release(): void {
    for (const step of this.#steps) {
      for (const value of [...step.inputs, ...step.outputs]) if (typeof value !== "number") value.dispose();
    }
    this.#steps.length = 0;
  }
}

function derivativesOf(step: Step, gradients: readonly (Tensor | undefined)[]): readonly (Thunk | undefined)[] {
  const { op, inputs, attributes, outputs } = step;
  const [gradient] = gradients as [Tensor];
  if (op.derivative) return op.derivative(gradient, { inputs, attributes, output: outputs[0] });
  return replay(op.composite, step, gradients);
}

/**
 * For an op that brings its composite and no derivative: runs that under a tape of its own, and goes back through it. Right
 * at any order.
 */
function replay(
  composite: Composite<Op>,
  { inputs: given, attributes }: Step,
  gradients: readonly (Tensor | undefined)[],
): readonly (Thunk | undefined)[] {
  const tape = new Tape();
  try {
    const inputs = (given as readonly Tensor[]).map(distinct);
    for (const input of inputs) tape.watch(input);
    const outputs = withRecorder(tape, () => composite(attributes, inputs as unknown as Step["inputs"]));
    const buffers = tape.backward(outputs, gradients);
    return inputs.map(({ id }) => {
      const buffer = buffers.get(id);
      return buffer && (() => buffer);
    });
  } finally {
    tape.release();
  }
}

/**
 * The same value under a number of its own, which the outer tapes see as an op. Without it, a nested derivative could
 * not tell its own variable from an outer one that has the same value.
 */
export const distinct = (x: Tensor): Tensor => apply(broadcastTo, { shape: x.shape }, x);

/** The gradient that the way back begins with: the course's `buffer = 1`. */
export const one = (value: Tensor): Tensor => onesLike(value);
