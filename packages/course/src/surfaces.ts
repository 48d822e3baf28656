import { valueAndGrad } from "@dlcc/autograd";
import { exp, neg, type Tensor, tidy } from "@dlcc/tensor";
import { at, numbersOf, vector } from "./numbers.ts";

/** A place in the plane: x and y. */
export type Place = readonly [x: number, y: number];

/** A function of two numbers, written in tensor ops and elementwise: `[n], [n] → [n]`. */
export type Surface = (x: Tensor, y: Tensor) => Tensor;

/** A surface at one place. */
export interface SurfacePoint {
  /** The place. */
  readonly place: Place;
  /** The height there. */
  readonly value: number;
  /** The direction and slope of steepest ascent: (∂f/∂x, ∂f/∂y). */
  readonly gradient: Place;
}

/**
 * A convex bowl, `½(x² + k·y²)`: its one minimum is 0 at (0, 0). With k above 1 it is a trough, and the learning rate must
 * stay below 2/k.
 *
 * @example
 * ```ts
 * import { bowl } from "@dlcc/course";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await bowl(4)(tensor([2]), tensor([1])).array()); // → [ 4 ]
 * ```
 */
export const bowl =
  (k = 1): Surface =>
  (x, y) =>
    x.mul(x).add(y.mul(y).mul(k)).mul(0.5);

/**
 * The course's example of a gradient field, `x·exp(−(x² + y²))`: a hill and a valley. The valley's floor is −1/√(2e) at
 * (−1/√2, 0); far from both it is flat, and descent creeps.
 *
 * @example
 * ```ts
 * import { hillAndValley } from "@dlcc/course";
 * import { tensor } from "@dlcc/tensor";
 * console.log((await hillAndValley(tensor(-Math.SQRT1_2), tensor(0)).item()).toFixed(4)); // → -0.4289
 * ```
 */
export const hillAndValley: Surface = (x, y) => x.mul(exp(neg(x.mul(x).add(y.mul(y)))));

/**
 * A surface and its gradient at some places: the arrows of the course's picture.
 *
 * Source: the course, "Calculus: Recap".
 *
 * @example
 * ```ts
 * import { bowl, gradientField } from "@dlcc/course";
 * console.log(gradientField(bowl(), [[1, 2]])); // → [ { place: [ 1, 2 ], value: 2.5, gradient: [ 1, 2 ] } ]
 * ```
 */
export function gradientField(surface: Surface, places: readonly Place[]): SurfacePoint[] {
  return tidy(() => {
    const x = vector(places.map(([x]) => x));
    const y = vector(places.map(([, y]) => y));
    const { aux, gradients } = valueAndGrad(() => {
      const value = surface(x, y);
      return { value: value.sum(), aux: value };
    }, [x, y]);
    const values = numbersOf(aux);
    const [dx, dy] = [x, y].map((variable) => {
      const gradient = gradients.get(variable);
      return gradient ? numbersOf(gradient) : places.map(() => 0);
    });
    return places.map((place, i) => ({
      place,
      value: at(values, i),
      gradient: [at(dx ?? [], i), at(dy ?? [], i)] as const,
    }));
  });
}

/** A step in some direction: the actual change, and the gradient's prediction. */
export interface DirectedStep {
  /** The angle to the gradient, counter-clockwise, in radians. */
  readonly angle: number;
  /** The actual change: f(v + Δv) − f(v). */
  readonly change: number;
  /** The gradient's prediction: `∇f · Δv = ‖∇f‖ ‖Δv‖ cos(angle)`. */
  readonly predicted: number;
}

/**
 * Steps of one length in several directions, from the gradient's direction on: along the gradient f rises most, against it
 * f falls most, and across it almost nothing changes. If the gradient is 0, the first step goes along x.
 *
 * Source: the course, "Calculus: Recap": the gradient is the direction of steepest ascent.
 *
 * @example
 * ```ts
 * import { bowl, changesAround } from "@dlcc/course";
 * const [up, , down] = changesAround(bowl(), [1, 0], { step: 0.5, directions: 4 });
 * console.log(up?.change, down?.change); // → 0.625 -0.375
 * ```
 */
export function changesAround(
  surface: Surface,
  place: Place,
  { step, directions }: { readonly step: number; readonly directions: number },
): DirectedStep[] {
  const here = at(gradientField(surface, [place]), 0);
  const [x, y] = place;
  const [dx, dy] = here.gradient;
  const ahead = Math.atan2(dy, dx);
  const steps = Array.from({ length: directions }, (_, i) => {
    const angle = (2 * Math.PI * i) / directions;
    return { angle, move: [step * Math.cos(ahead + angle), step * Math.sin(ahead + angle)] as const };
  });
  const there = gradientField(
    surface,
    steps.map(({ move }): Place => [x + move[0], y + move[1]]),
  );
  return steps.map(({ angle, move }, i) => ({
    angle,
    change: at(there, i).value - here.value,
    predicted: dx * move[0] + dy * move[1],
  }));
}
