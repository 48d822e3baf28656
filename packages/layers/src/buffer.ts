import { Parameter, type Tensor } from "@dlcc/tensor";

/** The options of a {@link Buffer}. */
export interface BufferOptions {
  /** Whether it stays on cpu when the module moves: for a few numbers that the host reads at each step. Default: no. */
  readonly host?: boolean;
}

/**
 * A module's state that is not trained, such as running statistics or a dropout's place in its random stream. It is a cell
 * as a parameter is: `stateDict()` and `loadStateDict()` include it, and `to()` moves it, but `parameters()` leaves it out.
 * As PyTorch's `nn.Buffer`.
 *
 * @example
 * ```ts
 * import { Buffer, Module } from "@dlcc/layers";
 * import { ones, type Tensor, tensor } from "@dlcc/tensor";
 *
 * class Counter extends Module {
 *   readonly calls = new Buffer("calls", tensor(0));
 *   forward(x: Tensor): Tensor {
 *     this.calls.value = this.calls.value.add(1);
 *     return x;
 *   }
 * }
 * const counter = new Counter();
 * counter.forward(ones([2]));
 * console.log(counter.parameters().length, await counter.stateDict().calls?.item()); // → 0 1
 * ```
 */
export class Buffer extends Parameter {
  /** Whether it stays on cpu when the module moves. */
  readonly host: boolean;

  /** The buffer retains the value; the caller's tensor remains the caller's. */
  constructor(name: string, value: Tensor, { host = false }: BufferOptions = {}) {
    super(name, value);
    this.host = host;
  }
}
