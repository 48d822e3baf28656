import {
  type FusedActivation,
  greater,
  keep,
  less,
  max,
  mean,
  mul,
  type Parameter,
  square,
  stack,
  sub,
  type Tensor,
  tidy,
  unrecorded,
  zerosLike,
} from "@dlcc/tensor";
import type { Gradients } from "./contracts.ts";
import type { SeenLayer } from "./layer-recorder.ts";

/** How a layer was in an epoch: means over the steps that were looked at. */
export interface LayerStatistics {
  /** The path of its parameters, such as `layers.0`. */
  readonly layer: string;
  /** What its outputs go through, if that is one of these. */
  readonly activation: FusedActivation | undefined;
  /** The mean of its outputs, behind the activation. */
  readonly mean: number;
  /** How far they spread around it. */
  readonly standardDeviation: number;
  /** The share of outputs where the activation's slope is below a tenth of its largest: of a ReLU, the zeros. */
  readonly flat: number;
  /** The share of neurons that were 0 for each example that was looked at; only a ReLU's can be. */
  readonly dead: number;
  /** The root mean square of ∂C/∂b, which is the mean of the course's buffer over the examples; without a bias, of ∂C/∂w. */
  readonly gradient: number;
  /** The root mean square of ∂C/∂w. */
  readonly weightGradient: number;
}

/** What was measured of a layer at one step, still on the device. */
export interface Measurement {
  readonly layer: string;
  readonly activation: FusedActivation | undefined;
  /** `[5]`: of the outputs mean, mean square and flat share; the mean squares of ∂C/∂b and ∂C/∂w. */
  readonly figures: Tensor;
  /** The largest output of each neuron, where that is of interest. */
  readonly largest: Tensor | undefined;
}

/** A slope counts as flat below this share of the activation's largest. */
const flatSlope = 0.1;

/** Where an activation is flat, by its outputs: its slope is 1 or 0 for ReLU, a(1 − a) for the sigmoid, 1 − a² for tanh. */
const flatPart: Readonly<Record<FusedActivation, (outputs: Tensor) => Tensor>> = {
  relu: (a) => sub(1, greater(a, 0).cast(a.dtype)),
  sigmoid: (a) => less(mul(a, sub(1, a)), flatSlope / 4).cast(a.dtype),
  tanh: (a) => less(sub(1, square(a)), flatSlope).cast(a.dtype),
};

const meanSquare = (x: Tensor): Tensor => mean(square(x));

/** Measures a layer. What it gives outlives all scopes, and is read and freed by `summarize`. */
export function measureLayer({ name, parameters, activation, outputs }: SeenLayer, gradients: Gradients): Measurement {
  const gradientOf = (wanted: (parameter: Parameter) => boolean): Tensor | undefined => {
    const parameter = parameters.find(wanted);
    return parameter && gradients.get(parameter);
  };
  const { figures, largest } = unrecorded(() =>
    tidy(() => {
      const none = zerosLike(mean(outputs));
      const ofWeight = gradientOf((parameter) => parameter.peek().rank > 1);
      const ofBias = gradientOf((parameter) => parameter.peek().rank === 1) ?? ofWeight;
      const flat = activation ? mean(flatPart[activation](outputs)) : none;
      const squares = [ofBias, ofWeight].map((gradient) => (gradient ? meanSquare(gradient) : none));
      return {
        figures: keep(stack([mean(outputs), meanSquare(outputs), flat, ...squares])),
        largest: activation === "relu" ? keep(max(outputs, axesOfExamples(outputs))) : undefined,
      };
    }),
  );
  return { layer: name, activation, figures, largest };
}

/** All axes but that of the neurons (or channels), which is the second. */
const axesOfExamples = ({ shape }: Tensor): number[] => [...shape.keys()].filter((axis) => axis !== 1);

/** A layer's statistics of the steps of an epoch; frees what was measured. */
export async function summarize(measurements: readonly Measurement[]): Promise<LayerStatistics> {
  const sums = [0, 0, 0, 0, 0];
  let largest: number[] = [];
  for (const measured of measurements) {
    (await measured.figures.data()).forEach((value, i) => {
      sums[i] = (sums[i] ?? 0) + value;
    });
    const neurons = measured.largest ? [...(await measured.largest.data())] : [];
    largest = neurons.map((value, i) => Math.max(value, largest[i] ?? Number.NEGATIVE_INFINITY));
    measured.figures.dispose();
    measured.largest?.dispose();
  }
  const [average = 0, square = 0, flat = 0, bias = 0, weight = 0] = sums.map((sum) => sum / measurements.length);
  const [{ layer = "", activation } = {}] = measurements;
  return {
    layer,
    activation,
    mean: average,
    standardDeviation: Math.sqrt(Math.max(0, square - average ** 2)),
    flat,
    dead: largest.filter((value) => value <= 0).length / Math.max(1, largest.length),
    gradient: Math.sqrt(bias),
    weightGradient: Math.sqrt(weight),
  };
}
