import { relu, sigmoid, step, tanh } from "@dlcc/tensor";
import type { Curve } from "./derivative.ts";

/** The activations of the course, and tanh. */
export type ActivationName = "step" | "sigmoid" | "tanh" | "relu";

/**
 * The activations by name, each a {@link Curve}: `curve(activations.sigmoid, places)` gives σ(z) and σ′(z).
 *
 * - step: 1 where z > 0, else 0. Its slope is 0 wherever it has one, so descent has no direction.
 * - sigmoid: `1/(1 + e⁻ᶻ)`, with the slope σ(1 − σ): at most 1/4.
 * - tanh: with the slope `1 − tanh²`: at most 1.
 * - ReLU: `max(0, z)`, with the slope 0 or 1.
 *
 * Source: the course, "Neural Networks" to "ReLU Activation".
 *
 * @example
 * ```ts
 * import { activations, curve } from "@dlcc/course";
 * console.log(curve(activations.sigmoid, [0])); // → [ { v: 0, value: 0.5, derivative: 0.25 } ]
 * ```
 */
export const activations: Readonly<Record<ActivationName, Curve>> = { step, sigmoid, tanh, relu };

/**
 * An activation of a weighted sum that is `s` times as large: `f(s·v)`. A larger s makes a sigmoid more like a step.
 *
 * Source: the course, "Multi Layer Perceptrons and Sigmoid".
 *
 * @param f The activation. @param s The factor, which has the effect of larger weights and biases.
 * @example
 * ```ts
 * import { activations, curve, sharpened } from "@dlcc/course";
 * console.log(curve(sharpened(activations.sigmoid, 4), [0])[0]?.derivative); // → 1
 * ```
 */
export const sharpened =
  (f: Curve, s: number): Curve =>
  (v) =>
    f(v.mul(s));
