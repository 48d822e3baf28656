import { ArgumentError, assertTensor, claim, Parameter, step, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { type LayerConfig, Module } from "./module.ts";

/**
 * The course's perceptron: it weighs up evidence, and fires when the sum is above its threshold:
 * `y = 1 if Σⱼ wⱼxⱼ − b > 0, else 0`. Source: the course, "Neural Networks".
 *
 * Shapes: `[n, inputs] → [n]`, or `[inputs] → []`.
 *
 * @example
 * ```ts
 * import { Perceptron } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 *
 * const nand = new Perceptron([-2, -2], -3);
 * console.log(await nand.forward(tensor([[0, 0], [0, 1], [1, 0], [1, 1]])).array()); // → [ 1, 1, 1, 0 ]
 * ```
 */
export class Perceptron extends Module {
  /** `[inputs]`: the weight of each input. */
  readonly weight: Parameter;
  /** `[]`: the threshold that the weighted sum must exceed. */
  readonly threshold: Parameter;

  /** @throws {ArgumentError} if `weights` is empty. */
  constructor(weights: readonly number[], threshold: number) {
    super();
    if (weights.length === 0)
      throw new ArgumentError("Perceptron: weights must have one number for each input, got none");
    this.weight = tidy(() => new Parameter("weight", tensor(weights)));
    this.threshold = tidy(() => new Parameter("threshold", tensor(threshold)));
  }

  forward(x: Tensor): Tensor {
    assertTensor("Perceptron", x);
    return tidy(() => step(x.matmul(this.weight.value).sub(this.threshold.value)));
  }

  override config(): LayerConfig {
    return { type: "Perceptron", inputs: this.weight.peek().size };
  }

  /**
   * The layer that a config describes; weights and threshold are 0.
   *
   * @throws {ArgumentError} if `inputs` is not a whole number from 1.
   */
  static fromConfig({ inputs }: LayerConfig): Perceptron {
    const count = Number(inputs);
    if (!Number.isInteger(count) || count < 1) {
      throw new ArgumentError(`Perceptron: inputs must be a whole number from 1, got ${String(inputs)}`);
    }
    claim("Perceptron", [count]);
    return new Perceptron(new Array<number>(count).fill(0), 0);
  }
}
