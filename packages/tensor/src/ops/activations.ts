/** Activations whose derivative follows from their output, and what they pass back. */
import { apply } from "../apply.ts";
import type { UnaryOp } from "../backend.ts";
import { activationGradient as activationGradientKernel } from "../cpu/fused.ts";
import { reluLoop, sigmoidLoop, tanhLoop } from "../cpu/loops.ts";
import { named } from "../named.ts";
import { type Derivative, define, type KernelOperation } from "../op.ts";
import type { FusedActivation } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";
import { sub } from "./arithmetic.ts";
import { assertFloat, assertSameDType, assertSameShape, assertTensor } from "./checks.ts";
import { type UnaryFunction, unary } from "./families.ts";

/** How the slope changes with the output `y`: of y (1 − y), as the sigmoid has, by 1 − 2y. That of relu never does. */
const curvatures: { readonly [A in FusedActivation]?: (y: Tensor) => Tensor } = {
  sigmoid: (y) => sub(1, y.mul(2)),
  tanh: (y) => y.mul(-2), // of 1 − y²
};

const definition: KernelOperation<"activationGradient"> = {
  name: "activationGradient",
  fused: true,
  results(_, [gradient, output]) {
    assertSameDType("activationGradient", gradient, output);
    assertSameShape("activationGradient", gradient, output);
    assertFloat("activationGradient", output);
    return [output];
  },
  kernel: activationGradientKernel,
  derivative(g, { inputs: [gradient, output], attributes: { activation } }) {
    const curvature = curvatures[activation];
    return [
      () => activationGradient(activation, g, output),
      curvature && (() => g.mul(gradient).mul(curvature(output))),
    ];
  },
};

/**
 * What an activation `y = f(x)` passes back, `f′(x) · gradient`, which follows from its output: for the sigmoid,
 * `y (1 − y) · gradient`.
 *
 * @param activation `relu`, `sigmoid` or `tanh`.
 * @param gradient ∂C/∂y, floats.
 * @param output `y`, of the gradient's shape.
 * @throws {ShapeError | DTypeError} if the two differ in shape or dtype.
 * @example
 * ```ts
 * import { activationGradient, tensor } from "@dlcc/tensor";
 * console.log(await activationGradient("relu", tensor([5, 5]), tensor([0, 2])).array()); // → [ 0, 5 ]
 * ```
 * @function
 */
export const activationGradient: ((activation: FusedActivation, gradient: Tensor, output: Tensor) => Tensor) &
  KernelOperation<"activationGradient"> = /* @__PURE__ */ define(
  (activation: FusedActivation, gradient: Tensor, output: Tensor): Tensor =>
    apply(activationGradient, { activation }, gradient, output),
  definition,
);

const fromOutput =
  (activation: FusedActivation): Derivative<UnaryOp> =>
  (g, { output }) => [() => activationGradient(activation, g, output)];

/**
 * The rectifier, `max(0, x)`, elementwise. Its derivative at 0 is taken as 0. Source: the course, "ReLU Activation".
 *
 * @example
 * ```ts
 * import { relu, tensor } from "@dlcc/tensor";
 * console.log(await relu(tensor([-1, 2])).array()); // → [ 0, 2 ]
 * ```
 * @function
 */
export const relu: UnaryFunction = /* @__PURE__ */ unary({
  name: "relu",
  takes: "numbers",
  loop: reluLoop,
  derivative: fromOutput("relu"),
});

/**
 * The sigmoid, `1 / (1 + e⁻ˣ)`, elementwise; floats. Source: the course, "Multi Layer Perceptrons and Sigmoid".
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { sigmoid, tensor } from "@dlcc/tensor";
 * console.log(await sigmoid(tensor([0, 100])).array()); // → [ 0.5, 1 ]
 * ```
 * @function
 */
export const sigmoid: UnaryFunction = /* @__PURE__ */ unary({
  name: "sigmoid",
  takes: "floats",
  loop: sigmoidLoop,
  derivative: fromOutput("sigmoid"),
});

/**
 * The hyperbolic tangent, `(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { tanh, tensor } from "@dlcc/tensor";
 * console.log(await tanh(tensor([0, 100])).array()); // → [ 0, 1 ]
 * ```
 * @function
 */
export const tanh: UnaryFunction = /* @__PURE__ */ unary({
  name: "tanh",
  takes: "floats",
  loop: tanhLoop,
  derivative: fromOutput("tanh"),
});

/**
 * The step function of the course's perceptron: 1 where `x > 0`, else 0, in `x`'s dtype. Its derivative is 0
 * everywhere, which is why networks of perceptrons can't be trained by gradient descent.
 *
 * @example
 * ```ts
 * import { step, tensor } from "@dlcc/tensor";
 * console.log(await step(tensor([-1, 0, 0.5])).array()); // → [ 0, 0, 1 ]
 * ```
 */
export const step = (x: Tensor): Tensor =>
  named("step", () => {
    assertTensor("step", x);
    return x.greater(0).cast(x.dtype);
  });
