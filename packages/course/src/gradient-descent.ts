import { gradientField, type Place, type Surface, type SurfacePoint } from "./surfaces.ts";

/** The start, the learning rate, and the number of steps. */
export interface DescentOptions {
  /** The starting point. */
  readonly start: Place;
  /** The learning rate η. */
  readonly lr: number;
  /** The number of steps; a path that diverges ends earlier. */
  readonly steps: number;
}

/** The path of a descent, and its outcome. */
export interface Descent {
  /** The points that were visited, the starting point first. */
  readonly path: readonly SurfacePoint[];
  /**
   * `diverged`: it left for infinity; `converged`: the slope is almost 0 (below 10⁻⁴), and the ground rises on all sides;
   * `stranded`: the slope is almost 0, but it is not a valley; `on its way`: none of these yet.
   */
  readonly outcome: "converged" | "on its way" | "diverged" | "stranded";
}

/** A slope that counts as 0. */
const flat = 1e-4;
/** A distance from the origin that counts as diverged. */
const far = 1e3;
/** How far to look around for rising ground. */
const around = 0.1;

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
  const last = path.at(-1);
  if (!last || Math.hypot(...last.gradient) >= flat) return { path, outcome: "on its way" };
  return { path, outcome: inValley(surface, last) ? "converged" : "stranded" };
}

/** Whether the surface rises on all sides, by more than a slope that counts as 0 would explain. */
function inValley(surface: Surface, { place: [x, y], value }: SurfacePoint): boolean {
  const neighbours = Array.from({ length: 8 }, (_, i): Place => {
    const angle = (i * Math.PI) / 4;
    return [x + around * Math.cos(angle), y + around * Math.sin(angle)];
  });
  return gradientField(surface, neighbours).every((neighbour) => neighbour.value > value + flat * around);
}
