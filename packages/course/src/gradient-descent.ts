import { gradientField, type Place, type Surface, type SurfacePoint } from "./surfaces.ts";

/** Where to start, how far to go at once, and how often. */
export interface DescentOptions {
  /** The starting point. */
  readonly start: Place;
  /** The learning rate η. */
  readonly lr: number;
  /** How many steps; a path that leaves for infinity ends before. */
  readonly steps: number;
}

/** The way down, and what became of it. */
export interface Descent {
  /** The points that were visited, the starting point first. */
  readonly path: readonly SurfacePoint[];
  /** `diverged`: it got away; `converged`: the slope is nearly none (below 10⁻⁴); `on its way`: neither yet. */
  readonly outcome: "converged" | "on its way" | "diverged";
}

/** A slope that counts as none. */
const flat = 1e-4;
/** A distance from the origin at which nobody expects it back. */
const far = 1e6;

/**
 * Gradient descent: from a starting point, `v → v − η∇C(v)`, again and again.
 *
 * Source: the course, "Gradient Descent".
 *
 * @example
 * ```ts
 * import { bowl, descend } from "@dlcc/course";
 * const { path } = descend(bowl(), { start: [4, 2], lr: 0.5, steps: 2 });
 * console.log(path.map(({ place }) => place)); // → [ [ 4, 2 ], [ 2, 1 ], [ 1, 0.5 ] ]
 * ```
 */
export function descend(surface: Surface, { start, lr, steps }: DescentOptions): Descent {
  const path = gradientField(surface, [start]);
  for (let step = 0; step < steps; step++) {
    const here = path.at(-1);
    if (!here) break;
    const [x, y] = here.place;
    const [dx, dy] = here.gradient;
    path.push(...gradientField(surface, [[x - lr * dx, y - lr * dy]]));
    if (!(Math.hypot(...(path.at(-1)?.place ?? [])) < far)) return { path, outcome: "diverged" };
  }
  const slope = Math.hypot(...(path.at(-1)?.gradient ?? []));
  return { path, outcome: slope < flat ? "converged" : "on its way" };
}
