/** Activations whose derivative follows from their output, and what they pass back. */
import { apply } from "../apply.ts";
import type { UnaryOp } from "../backend.ts";
import { activationGradient as activationGradientKernel } from "../cpu/fused.ts";
import { reluLoop, sigmoidLoop, tanhLoop } from "../cpu/loops.ts";
import { ShapeError, show } from "../errors.ts";
import { named } from "../named.ts";
import { type Derivative, define, type KernelOperation } from "../op.ts";
import type { FusedActivation } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";
import { sub } from "./arithmetic.ts";
import { assertFloat, assertSameDType, assertSameShape, assertTensor } from "./checks.ts";
import { clip, erf } from "./elementwise.ts";
import { expm1 } from "./exponential.ts";
import { type UnaryFunction, unary } from "./families.ts";
import { where } from "./where.ts";

function assertActivation(op: string, x: Tensor): void {
  assertTensor(op, x);
  assertFloat(op, x);
}

/** log(1 + eˣ) without overflow; NaN stays. */
const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

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

/**
 * The softplus, `log(1 + eˣ)`, elementwise; floats. It is smooth, and close to ReLU away from 0.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { softplus, tensor } from "@dlcc/tensor";
 * console.log(await softplus(tensor([-Infinity, 1000])).array()); // → [ 0, 1000 ]
 * ```
 * @function
 */
export const softplus: UnaryFunction = /* @__PURE__ */ unary({
  name: "softplus",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = softplusOf(x[start + i * step]!);
  },
  derivative: (g, { inputs: [x] }) => [() => g.mul(sigmoid(x))],
});

/**
 * The Gaussian error linear unit, `x · Φ(x)` with `Φ(x) = (1 + erf(x/√2)) / 2`, elementwise; floats. As in PyTorch, its
 * error is that of a number of the size of `x`. Source: Hendrycks & Gimpel 2016.
 *
 * @param x Any shape.
 * @param approximate `tanh` takes `½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))` in its place, as GPT-2 does. Default: `none`.
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { gelu, tensor } from "@dlcc/tensor";
 * console.log(await gelu(tensor([0, 100])).array()); // → [ 0, 100 ]
 * console.log((await gelu(tensor(1)).item()).toFixed(4)); // → 0.8413
 * console.log((await gelu(tensor(1), "tanh").item()).toFixed(4)); // → 0.8412
 * ```
 */
export const gelu = (x: Tensor, approximate: "none" | "tanh" = "none"): Tensor =>
  named("gelu", () => {
    assertActivation("gelu", x);
    const half = x.mul(0.5);
    if (approximate === "none") return half.mul(erf(x.mul(Math.SQRT1_2)).add(1));
    const inner = x
      .mul(x)
      .mul(0.044715)
      .add(1)
      .mul(x)
      .mul(Math.sqrt(2 / Math.PI));
    return half.mul(tanh(inner).add(1));
  });

/**
 * The sigmoid linear unit, `x · σ(x)`, elementwise; floats. Also known as Swish. Source: Elfwing et al. 2017.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { silu, tensor } from "@dlcc/tensor";
 * console.log(await silu(tensor([0, 100])).array()); // → [ 0, 100 ]
 * ```
 */
export const silu = (x: Tensor): Tensor =>
  named("silu", () => {
    assertActivation("silu", x);
    return x.mul(sigmoid(x));
  });

/**
 * The leaky rectifier, `x` above 0 and `slope · x` below, elementwise; floats. Source: Maas et al. 2013.
 *
 * @param x Any shape.
 * @param slope Default: 0.01.
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { leakyRelu, tensor } from "@dlcc/tensor";
 * console.log(await leakyRelu(tensor([-4, 2]), 0.25).array()); // → [ -1, 2 ]
 * ```
 */
export const leakyRelu = (x: Tensor, slope: number = 0.01): Tensor =>
  named("leakyRelu", () => {
    assertActivation("leakyRelu", x);
    return where(x.greater(0), x, x.mul(slope));
  });

/**
 * The exponential linear unit, `x` above 0 and `alpha · (eˣ − 1)` below, elementwise; floats. Source: Clevert et al. 2015.
 *
 * @param x Any shape.
 * @param alpha Default: 1.
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { elu, tensor } from "@dlcc/tensor";
 * console.log(await elu(tensor([-Infinity, 2])).array()); // → [ -1, 2 ]
 * ```
 */
export const elu = (x: Tensor, alpha: number = 1): Tensor =>
  named("elu", () => {
    assertActivation("elu", x);
    // Only numbers below 0 go into the exponential: an infinity on the other branch would spoil the derivative.
    return where(x.greater(0), x, expm1(where(x.greater(0), 0, x)).mul(alpha));
  });

/**
 * `x · min(max(x + 3, 0), 6) / 6`, elementwise; floats: close to {@link silu}, without its exponential. Source: Howard et al.
 * 2019.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { hardSwish, tensor } from "@dlcc/tensor";
 * console.log(await hardSwish(tensor([0, 1.5, 8])).array()); // → [ 0, 1.125, 8 ]
 * ```
 */
export const hardSwish = (x: Tensor): Tensor =>
  named("hardSwish", () => {
    assertActivation("hardSwish", x);
    return x.mul(clip(x.add(3), 0, 6)).div(6);
  });

/**
 * The rectifier that learns its slope, `x` above 0 and `weight · x` below; floats. Source: He et al. 2015.
 *
 * @param x `[n, channels, …]`.
 * @param weight `[1]`, or `[channels]`.
 * @throws {ShapeError | DTypeError} if the weight doesn't fit `x`.
 * @example
 * ```ts
 * import { prelu, tensor } from "@dlcc/tensor";
 * console.log(await prelu(tensor([[-4, -4, 2]]), tensor([0.5, 0.25, 0])).array()); // → [ [ -2, -1, 2 ] ]
 * ```
 */
export const prelu = (x: Tensor, weight: Tensor): Tensor =>
  named("prelu", () => {
    assertActivation("prelu", x);
    assertTensor("prelu", weight);
    assertSameDType("prelu", x, weight);
    const channels = x.rank > 1 ? (x.shape[1] as number) : 1;
    if (weight.rank !== 1 || (weight.size !== 1 && weight.size !== channels)) {
      throw new ShapeError(
        `prelu: weight must be [1] or [${channels}] for x ${show(x.shape)}, got ${show(weight.shape)}`,
      );
    }
    const beside = weight.reshape([weight.size, ...x.shape.slice(2).map(() => 1)]);
    return where(x.greater(0), x, x.mul(weight.size === 1 ? weight : beside));
  });
