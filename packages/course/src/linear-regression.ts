import { valueAndGrad } from "@dlcc/autograd";
import { minibatches } from "@dlcc/data";
import { Generator, randn, type Tensor, tidy, uniform } from "@dlcc/tensor";
import { at, numbersOf, vector } from "./numbers.ts";
import type { Surface } from "./surfaces.ts";

/** Examples: a y for each x. */
export interface Pairs {
  /** The inputs. */
  readonly x: readonly number[];
  /** The target of each. */
  readonly y: readonly number[];
}

/** A line `y = wx + b`, and its cost. */
export interface Line {
  /** The slope. */
  readonly w: number;
  /** The intercept. */
  readonly b: number;
  /** `C = 1/(2n) Σ (wx + b − y)²`. */
  readonly cost: number;
}

/** How to scatter points around a line. */
export interface LineOptions {
  /** The line's slope. Default: 2. */
  readonly w?: number;
  /** The line's intercept. Default: 1. */
  readonly b?: number;
  /** The standard deviation of the noise that is added to y. Default: 0.5. */
  readonly noise?: number;
  /** The number of examples. Default: 50. */
  readonly n?: number;
  /** The same seed gives the same examples. Default: 1. */
  readonly seed?: number;
}

/**
 * Examples around the line `y = wx + b`: x uniform in −2..2, and normal noise on y.
 *
 * @example
 * ```ts
 * import { pointsAroundLine } from "@dlcc/course";
 * const { x, y } = pointsAroundLine({ w: 3, b: 0, noise: 0, n: 4 });
 * console.log(x.every((v, i) => y[i] === 3 * v)); // → true
 * ```
 */
export function pointsAroundLine({ w = 2, b = 1, noise = 0.5, n = 50, seed = 1 }: LineOptions = {}): Pairs {
  return tidy(() => {
    const generator = new Generator(seed);
    const x = uniform([n], { low: -2, high: 2, seed: generator, dtype: "float64" });
    const y = x
      .mul(w)
      .add(b)
      .add(randn([n], { standardDeviation: noise, seed: generator, dtype: "float64" }));
    return { x: numbersOf(x), y: numbersOf(y) };
  });
}

/**
 * The best line in closed form: `w = cov(x, y) / var(x)`, `b = ȳ − w·x̄`, where ∇C = 0.
 *
 * @throws {RangeError} if all x are the same: then every slope fits equally well.
 * @example
 * ```ts
 * import { bestLine } from "@dlcc/course";
 * console.log(bestLine({ x: [0, 1, 2], y: [1, 3, 5] })); // → { w: 2, b: 1, cost: 0 }
 * ```
 */
export function bestLine({ x, y }: Pairs): Line {
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
  const [xMean, yMean] = [mean(x), mean(y)];
  const variance = mean(x.map((v) => (v - xMean) ** 2));
  if (!(variance > 0))
    throw new RangeError("bestLine: the values of x must differ, got equal ones: every slope fits them");
  const w = mean(x.map((v, i) => (v - xMean) * ((y[i] ?? Number.NaN) - yMean))) / variance;
  const b = yMean - w * xMean;
  return { w, b, cost: mean(x.map((v, i) => (w * v + b - (y[i] ?? Number.NaN)) ** 2)) / 2 };
}

/**
 * The cost of all lines as a surface over (w, b):
 * `C(w, b) = 1/(2n) Σ (wx + b − y)²`, a paraboloid whose lowest place is the best line.
 *
 * @example
 * ```ts
 * import { costSurface, gradientField } from "@dlcc/course";
 * const cost = costSurface({ x: [-1, 1], y: [-2, 4] });
 * console.log(gradientField(cost, [[0, 0]])); // → [ { place: [ 0, 0 ], value: 5, gradient: [ -3, -1 ] } ]
 * ```
 */
export function costSurface({ x, y }: Pairs): Surface {
  const mean = (of: (x: number, y: number) => number): number =>
    x.reduce((sum, v, i) => sum + of(v, at(y, i)), 0) / x.length;
  const [xx, xy, yy] = [mean((v) => v * v), mean((v, t) => v * t), mean((_, t) => t * t)];
  const [xMean, yMean] = [mean((v) => v), mean((_, t) => t)];
  // The square, multiplied out: five means stand for all examples.
  return (w, b) =>
    w
      .mul(w)
      .mul(xx / 2)
      .add(w.mul(b).mul(xMean))
      .add(b.mul(b).mul(0.5))
      .sub(w.mul(xy))
      .sub(b.mul(yMean))
      .add(yy / 2);
}

/**
 * The same line by gradient descent from w = b = 0: each step moves (w, b) by −η∇C, where
 * `∇C = 1/n Σ ((wx + b − y)x, wx + b − y)`.
 *
 * Source: the course, "Example: Regression".
 *
 * @returns The lines on the way, from the first.
 * @throws {ShapeError} if x and y differ in length.
 * @example
 * ```ts
 * import { descendToLine } from "@dlcc/course";
 * const lines = descendToLine({ x: [-1, 1], y: [-2, 4] }, { lr: 1, steps: 1 });
 * console.log(lines); // → [ { w: 0, b: 0, cost: 5 }, { w: 3, b: 1, cost: 0 } ]
 * ```
 */
export function descendToLine({ x, y }: Pairs, { lr, steps }: { readonly lr: number; readonly steps: number }): Line[] {
  return tidy(() => {
    const [inputs, targets] = [vector(x), vector(y)];
    const lines: Line[] = [];
    let v: readonly [number, number] = [0, 0];
    for (let step = 0; step <= steps; step++) {
      const [w, b] = v;
      const [cost, dw, db] = costAndGradient(inputs, targets, v);
      lines.push({ w, b, cost });
      v = [w - lr * dw, b - lr * db];
    }
    return lines;
  });
}

/** How to descend in minibatches. */
export interface MinibatchDescentOptions {
  /** The learning rate η. */
  readonly lr: number;
  /** The examples in a minibatch: m. */
  readonly size: number;
  /** The number of passes over all examples. */
  readonly epochs: number;
  /** The same seed gives the same minibatches. */
  readonly seed: number;
  /** A clock, such as `performance.now`: each line then has the time at which it was reached, without the time for its cost. */
  readonly now?: () => number;
}

/** A line of a descent in minibatches. */
export interface TimedLine extends Line {
  /** The time since the start, if there is a clock. */
  readonly time?: number;
}

/**
 * Stochastic gradient descent to the line: each epoch partitions the examples at random into minibatches, and each
 * minibatch moves (w, b) by −η times the mean gradient of its own examples. With `size` n it is gradient descent.
 *
 * Source: the course, "Stochastic Gradient Descent".
 *
 * @returns The line after each step, from the first. Its cost is the one over all examples.
 * @throws {ArgumentError} if `size` is not a whole number from 1.
 * @example
 * ```ts
 * import { descendInMinibatches } from "@dlcc/course";
 * const pairs = { x: [-1, 1], y: [-2, 4] };
 * console.log(descendInMinibatches(pairs, { lr: 0.5, size: 1, epochs: 3, seed: 1 }).length); // → 7
 * ```
 */
export function descendInMinibatches(
  pairs: Pairs,
  { lr, size, epochs, seed, now }: MinibatchDescentOptions,
): TimedLine[] {
  return tidy(() => {
    const [x, y] = [vector(pairs.x), vector(pairs.y)];
    let v: readonly [number, number] = [0, 0];
    const lines: TimedLine[] = [{ ...lineThrough(pairs, v), ...(now && { time: 0 }) }];
    let time = 0;
    let since = now?.() ?? 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      // The order of a full batch doesn't matter, so no time goes into one.
      for (const batch of minibatches(x, y, { size, seed, epoch, shuffle: size < pairs.x.length })) {
        const [, dw, db] = costAndGradient(batch.x, batch.y, v);
        v = [v[0] - lr * dw, v[1] - lr * db];
        time += (now?.() ?? 0) - since;
        lines.push({ ...lineThrough(pairs, v), ...(now && { time }) });
        since = now?.() ?? 0;
      }
    }
    return lines;
  });
}

/** The line with these two parameters. */
function lineThrough({ x, y }: Pairs, [w, b]: readonly [number, number]): Line {
  let sum = 0;
  x.forEach((v, i) => {
    sum += (w * v + b - at(y, i)) ** 2;
  });
  return { w, b, cost: sum / (2 * x.length) };
}

/** C, ∂C/∂w and ∂C/∂b. */
function costAndGradient(x: Tensor, y: Tensor, [w, b]: readonly [number, number]): [number, number, number] {
  return tidy(() => {
    const [wCell, bCell] = [vector([w]), vector([b])];
    const { value, gradients } = valueAndGrad(() => {
      const error = x.mul(wCell).add(bCell).sub(y);
      return error.mul(error).mean().mul(0.5);
    }, [wCell, bCell]);
    const [cost = Number.NaN, dw = 0, db = 0] = [value, gradients.get(wCell), gradients.get(bCell)].flatMap((t) =>
      t ? numbersOf(t) : [0],
    );
    return [cost, dw, db];
  });
}
