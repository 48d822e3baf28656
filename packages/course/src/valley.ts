import { at } from "./numbers.ts";
import { gradientField, type Place, type Surface, type SurfacePoint } from "./surfaces.ts";

/** A point as it is seen in a picture. */
export interface Seen {
  /** To the right. */
  readonly right: number;
  /** Upwards. */
  readonly up: number;
  /** Away from the eye: what is further away is drawn first. */
  readonly away: number;
}

/** What is shown of a valley, and from where. */
export interface ValleyOptions {
  /** The place of its lowest point. Default: the origin. */
  readonly floor?: Place;
  /** The height of its rim. */
  readonly rim: number;
  /** How steeply one looks down, in radians: 0 is from the side, π/2 from above. Default: π/5. */
  readonly tilt?: number;
  /** By which angle it is turned about the vertical, in radians. Default: π/6. */
  readonly turn?: number;
  /** The number of level curves. Default: 9. */
  readonly rings?: number;
  /** The number of points of a level curve. Default: 40. */
  readonly spokes?: number;
}

/** A valley with a ball in it, as lines of a picture. */
export interface Valley {
  /** Level curves from the floor to the rim, each with its points; a closed curve's first point is not repeated. */
  readonly rings: readonly (readonly Seen[])[];
  /** The ball at each step, until it leaves over the rim. */
  readonly ball: readonly Seen[];
  /** The way of the ball along the ground, between the steps, too. */
  readonly track: readonly Seen[];
}

/** The height of the rim above the floor in the picture, as a share of the valley's width. */
const depth = 0.45;
/** Halving an interval so often leaves a width that no picture shows. */
const halvings = 30;
/** How many pieces of the way are drawn for each step. */
const pieces = 8;

/**
 * A valley seen from the side, and the ball that rolls down in it: level curves from the floor to the rim, and the steps of a
 * descent lifted onto the ground. The picture is a parallel projection, in units of the plane.
 *
 * Source: the course, "Gradient Descent": a convex function is a valley, and descent the way of a ball in it.
 *
 * @param surface One that rises on each ray from the floor, as a convex one does. @param path The steps; a ball that leaves over the rim is gone.
 * @throws {RangeError} if the rim is not above the floor, or the ground stays below it on some ray.
 * @example
 * ```ts
 * import { bowl, descend, valley } from "@dlcc/course";
 * const { path } = descend(bowl(), { start: [2, 0], lr: 0.5, steps: 3 });
 * const seen = valley(bowl(), path, { rim: 3, turn: 0 });
 * // Level curves; the ball comes from the right, and each step halves its distance.
 * console.log(seen.rings.length, seen.ball.map(({ right }) => right)); // → 9 [ 2, 1, 0.5, 0.25 ]
 * ```
 */
export function valley(
  surface: Surface,
  path: readonly SurfacePoint[],
  { floor = [0, 0], rim, tilt = Math.PI / 5, turn = Math.PI / 6, rings = 9, spokes = 40 }: ValleyOptions,
): Valley {
  const bottom = at(gradientField(surface, [floor]), 0).value;
  if (!(rim > bottom)) throw new RangeError(`valley: rim must be above the floor's height ${bottom}, got ${rim}`);
  // On a paraboloid, heights that grow as squares are rings at equal distances.
  const heights = Array.from({ length: rings }, (_, i) => bottom + (rim - bottom) * ((i + 1) / rings) ** 2);
  const curves = levelCurves(surface, floor, heights, spokes);
  const width = curves
    .flat()
    .reduce((most, { place: [x, y] }) => Math.max(most, Math.hypot(x - floor[0], y - floor[1])), 0);
  const lift = (2 * width * depth) / (rim - bottom);
  const seen = ({ place: [x, y], value }: Pick<SurfacePoint, "place" | "value">): Seen => {
    const [dx, dy] = [x - floor[0], y - floor[1]];
    const behind = dx * Math.sin(turn) + dy * Math.cos(turn);
    const height = lift * (value - bottom);
    return {
      right: dx * Math.cos(turn) - dy * Math.sin(turn),
      up: behind * Math.sin(tilt) + height * Math.cos(tilt),
      away: behind * Math.cos(tilt) - height * Math.sin(tilt),
    };
  };
  const gone = path.findIndex(({ value }) => !(value <= rim));
  const inside = gone < 0 ? path : path.slice(0, gone);
  const way = inside.flatMap(({ place: [x, y] }, i) => {
    const [toX, toY] = (inside[i + 1] ?? at(inside, i)).place;
    return Array.from({ length: i + 1 < inside.length ? pieces : 1 }, (_, piece): Place => {
      const share = piece / pieces;
      return [x + share * (toX - x), y + share * (toY - y)];
    });
  });
  return {
    rings: curves.map((curve) => curve.map(seen)),
    ball: inside.map(seen),
    track: way.length === 0 ? [] : gradientField(surface, way).map(seen),
  };
}

/** The curves on which the surface has these heights, by bisection on rays from the floor. */
function levelCurves(
  surface: Surface,
  [x, y]: Place,
  heights: readonly number[],
  spokes: number,
): Pick<SurfacePoint, "place" | "value">[][] {
  const angles = Array.from({ length: spokes }, (_, i) => (2 * Math.PI * i) / spokes);
  const rays = heights.flatMap((value) => angles.map((angle) => ({ value, angle, low: 0, high: 1 })));
  const placesOf = (distance: (ray: (typeof rays)[number]) => number): Place[] =>
    rays.map((ray) => [x + distance(ray) * Math.cos(ray.angle), y + distance(ray) * Math.sin(ray.angle)]);
  const isAbove = (distance: (ray: (typeof rays)[number]) => number): boolean[] =>
    gradientField(surface, placesOf(distance)).map(({ value }, i) => value >= at(rays, i).value);
  for (let doubling = 0; ; doubling++) {
    const above = isAbove(({ high }) => high);
    if (above.every(Boolean)) break;
    if (doubling === halvings)
      throw new RangeError("valley: the surface must rise to the rim on each ray from the floor");
    for (const [i, ray] of rays.entries()) if (!above[i]) ray.high *= 2;
  }
  const middle = ({ low, high }: (typeof rays)[number]): number => (low + high) / 2;
  for (let halving = 0; halving < halvings; halving++) {
    for (const [i, above] of isAbove(middle).entries()) {
      const ray = at(rays, i);
      if (above) ray.high = middle(ray);
      else ray.low = middle(ray);
    }
  }
  const places = placesOf(middle);
  return heights.map((value, ring) => angles.map((_, spoke) => ({ place: at(places, ring * spokes + spoke), value })));
}
