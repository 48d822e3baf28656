import { valueAndGrad } from "@dlcc/autograd";
import { type Minibatches, minibatches } from "@dlcc/data";
import { Linear, Sequential } from "@dlcc/layers";
import { binaryCrossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { Generator, randn, sigmoid, type Tensor, tensor, tidy, uniform } from "@dlcc/tensor";
import { type ActivationName, activations } from "./activations.ts";
import type { LabelledPoints } from "./losses.ts";
import { at, numbersOf } from "./numbers.ts";
import type { Place } from "./surfaces.ts";

/** The tasks of the playground. */
export type PlaygroundData = "xor" | "circle" | "spiral";

/** The circle's inner class ends at this radius, and its outer one begins at the next. */
const [inner, outer, edge] = [0.5, 0.7, 1];
/** How often each arm of the spiral goes around. */
const turns = 1.75;

/**
 * Points of two classes in the square −1..1, as many of each, that no line separates:
 *
 * - `xor`: class 1 where x and y have different signs;
 * - `circle`: class 1 up to radius ½, class 0 from radius 0.7 to 1;
 * - `spiral`: two arms, one the other turned by half, at radius r and angle 1.75·2πr.
 *
 * Source: the tasks of *A Neural Network Playground*, Smilkov & Carter 2016.
 *
 * @param options `n`: how many points; default 200. `noise`: the standard deviation that is added to x and y; default 0.
 * `seed`: the same seed gives the same points; default 1.
 * @example
 * ```ts
 * import { playgroundPoints } from "@dlcc/course";
 * const { x, labels } = playgroundPoints("xor", { n: 100 });
 * console.log(x.every(([a, b], i) => (a * b < 0 ? 1 : 0) === labels[i])); // → true
 * ```
 */
export function playgroundPoints(
  name: PlaygroundData,
  { n = 200, noise = 0, seed = 1 }: { readonly n?: number; readonly noise?: number; readonly seed?: number } = {},
): LabelledPoints {
  const [shares, stray] = tidy(() => [
    numbersOf(uniform([2 * n], { low: 0, high: 1, seed: new Generator(seed, 1) })),
    numbersOf(randn([2 * n], { standardDeviation: noise, seed: new Generator(seed, 2) })),
  ]);
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  const polar = (r: number, angle: number): Place => [r * Math.cos(angle), r * Math.sin(angle)];
  const places = {
    // The sign of x is free, and the label says that of y.
    xor: (a: number, b: number, label: number): Place => {
      const x = 2 * a - 1;
      return [x, (x < 0 === (label === 1) ? 1 : -1) * b];
    },
    circle: (a: number, b: number, label: number): Place =>
      polar(label === 1 ? inner * Math.sqrt(a) : outer + (edge - outer) * a, 2 * Math.PI * b),
    spiral: (a: number, _: number, label: number): Place => polar(a, 2 * Math.PI * turns * a + Math.PI * label),
  }[name];
  const x = labels.map((label, i): Place => {
    const [px, py] = places(at(shares, 2 * i), at(shares, 2 * i + 1), label);
    return [px + at(stray, 2 * i), py + at(stray, 2 * i + 1)];
  });
  return { x, labels };
}

/** The network of the playground, and how it learns. */
export interface PlaygroundOptions {
  /** The hidden layers: how many units each has, from the first. Empty: a single neuron. */
  readonly hidden: readonly number[];
  /** The activation of the hidden layers. */
  readonly activation: Exclude<ActivationName, "step">;
  /** The learning rate η. */
  readonly lr: number;
  /** The examples in a minibatch. */
  readonly size: number;
  /** The same seed gives the same weights and the same order. Default: 1. */
  readonly seed?: number;
}

/** What there is to see at some step. */
export interface PlaygroundLook {
  /** The cross-entropy over all points. */
  readonly cost: number;
  /** The share of the points that it gets right. */
  readonly accuracy: number;
  /** The norm of ∂C/∂W in each layer, from the first to the output. */
  readonly gradients: readonly number[];
  /** The first layer's units: each has the line w·x + b = 0, on whose sides it differs. */
  readonly lines: readonly {
    /** The weights of x and y. */
    readonly w: Place;
    /** The bias. */
    readonly b: number;
  }[];
  /** For each place asked for the probability of class 1. */
  readonly outputs: readonly number[];
  /** Each hidden unit's output at each place: `units[layer][unit][place]`. */
  readonly units: readonly (readonly (readonly number[])[])[];
}

/** A network that learns two classes of points in the plane, step by step. */
export interface Playground {
  /** Makes so many steps, each on one minibatch. */
  run(steps: number): void;
  /** What there is to see now, at these places. */
  look(places: readonly Place[]): PlaygroundLook;
  /** The steps so far. */
  readonly steps: number;
}

/**
 * A network for two classes of points, `2 → hidden … → 1`, whose output is σ(z). It learns by SGD on the cross-entropy.
 *
 * Source: the course, "Multi Layer Perceptrons and Sigmoid"; *A Neural Network Playground*, Smilkov & Carter 2016.
 *
 * @throws {ShapeError} if there are no points.
 * @throws {ArgumentError} if a size is not a whole number from 1.
 * @example
 * ```ts
 * import { createPlayground, playgroundPoints } from "@dlcc/course";
 * const points = playgroundPoints("xor", { n: 100 });
 * const network = createPlayground(points, { hidden: [4], activation: "tanh", lr: 0.3, size: 10 });
 * network.run(1000);
 * console.log(network.steps, network.look([]).accuracy > 0.95); // → 1000 true
 * ```
 */
export function createPlayground(
  { x, labels }: LabelledPoints,
  { hidden, activation, lr, size, seed = 1 }: PlaygroundOptions,
): Playground {
  const widths = [2, ...hidden, 1];
  const layers = widths
    .slice(1)
    .map((width, l) => new Linear(at(widths, l), width, { dtype: "float64", seed: seed * 100 + l }));
  const f = activations[activation];
  const model = new Sequential(layers.flatMap((layer, l) => (l === 0 ? [layer] : [f, layer])));
  const optimizer = sgd(model.parameters(), { lr });
  const points = placesOf(x);
  const targets = tensor(
    labels.map((label) => [label]),
    { dtype: "float64" },
  );
  let [steps, epoch] = [0, 0];
  let batches: Minibatches | undefined;
  const next = () => {
    let found = batches?.next();
    if (!found || found.done) {
      batches = minibatches(points, targets, { size, seed, epoch: epoch++ });
      found = batches.next();
    }
    return found.value;
  };
  return {
    get steps() {
      return steps;
    },
    run(count) {
      for (let i = 0; i < count; i++) {
        const batch = next();
        const step = valueAndGrad(() => binaryCrossEntropy(model.forward(batch.x), batch.y), model.parameters());
        step.value.dispose();
        optimizer.step(step.gradients);
        steps++;
      }
    },
    look: (places) =>
      tidy(() => {
        const { value, gradients, aux } = valueAndGrad(() => {
          const z = model.forward(points);
          return { value: binaryCrossEntropy(z, targets), aux: z };
        }, model.parameters());
        const units: number[][][] = [];
        let u = placesOf(places);
        layers.forEach((layer, l) => {
          u = layer.forward(u);
          if (l === layers.length - 1) return;
          u = f(u);
          units.push(columnsOf(numbersOf(u), at(hidden, l)));
        });
        const z = numbersOf(aux);
        const [first] = layers;
        const w = first ? numbersOf(first.weight.peek()) : [];
        const b = first?.bias ? numbersOf(first.bias.peek()) : [];
        return {
          cost: at(numbersOf(value), 0),
          accuracy: z.filter((v, i) => v > 0 === (labels[i] === 1)).length / labels.length,
          gradients: layers.map(({ weight }) => {
            const gradient = gradients.get(weight);
            return gradient ? Math.hypot(...numbersOf(gradient)) : Number.NaN;
          }),
          lines: b.map((bias, j) => ({ w: [at(w, 2 * j), at(w, 2 * j + 1)], b: bias })),
          outputs: numbersOf(sigmoid(u)),
          units,
        };
      }),
  };
}

const placesOf = (places: readonly Place[]): Tensor => tensor(places.flat(), { dtype: "float64" }).reshape([-1, 2]);

/** The columns of a matrix that is stored row by row. */
const columnsOf = (numbers: readonly number[], columns: number): number[][] =>
  Array.from({ length: columns }, (_, c) => numbers.filter((_number, i) => i % columns === c));
