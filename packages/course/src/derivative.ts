import { valueAndGrad } from "@dlcc/autograd";
import { type Tensor, tidy } from "@dlcc/tensor";
import { at, numbersOf, vector } from "./numbers.ts";

/** A function of one number, written in tensor ops: it takes many numbers at once, `[n] → [n]`. */
export type Curve = (v: Tensor) => Tensor;

/** A function at one place. */
export interface CurvePoint {
  /** The place. */
  readonly v: number;
  /** The function's value there: f(v). */
  readonly value: number;
  /** The slope there: f′(v). */
  readonly derivative: number;
}

/** The change of a function over a small step, and the derivative's prediction. */
export interface Nudge {
  /** The step Δv. */
  readonly step: number;
  /** The actual change: f(v + Δv) − f(v). */
  readonly change: number;
  /** The derivative's prediction: f′(v)·Δv. */
  readonly predicted: number;
}

/**
 * A curve and its slope at some places: f(v) and f′(v).
 *
 * @throws {ShapeError} if the function is not elementwise. Source: the course, "Calculus: Recap".
 * @example
 * ```ts
 * import { curve } from "@dlcc/course";
 * console.log(curve((v) => v.mul(v), [3])); // → [ { v: 3, value: 9, derivative: 6 } ]
 * ```
 */
export function curve(f: Curve, places: readonly number[]): CurvePoint[] {
  return tidy(() => {
    const v = vector(places);
    // Each output depends on its own input alone, so the gradient of the sum has every derivative.
    const { aux, gradients } = valueAndGrad(() => {
      const value = f(v);
      return { value: value.sum(), aux: value };
    }, [v]);
    const values = numbersOf(aux);
    const slope = gradients.get(v);
    const derivatives = slope ? numbersOf(slope) : places.map(() => 0);
    return places.map((place, i) => ({ v: place, value: at(values, i), derivative: at(derivatives, i) }));
  });
}

/**
 * The derivative as a sensitivity: f(v + Δv) − f(v) beside f′(v)·Δv, for each step. Their difference grows with Δv², so
 * half the step leaves a quarter of the error.
 *
 * Source: the course, "Calculus: Recap".
 *
 * @example
 * ```ts
 * import { sensitivity } from "@dlcc/course";
 * const [nudge] = sensitivity((v) => v.mul(v), 3, [1]);
 * console.log(nudge); // → { step: 1, change: 7, predicted: 6 }
 * ```
 */
export function sensitivity(f: Curve, v: number, steps: readonly number[]): Nudge[] {
  const [here, ...there] = curve(f, [v, ...steps.map((step) => v + step)]);
  if (!here) return [];
  return steps.map((step, i) => ({
    step,
    change: at(there, i).value - here.value,
    predicted: here.derivative * step,
  }));
}
