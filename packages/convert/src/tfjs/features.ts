/** Layers of features: dense ones, normalization, and rectifiers that have numbers of their own. */
import { BatchNorm1d, BatchNorm2d, LayerNorm, Linear, PReLU } from "@dlcc/layers";
import { tensor } from "@dlcc/tensor";
import { entry, given, leaky, list, set } from "../values.ts";
import { activationOf, type Before, biasOf, isActivation, Missing, number, ordered, placeOf, type Row } from "./row.ts";

export const dense: Row = {
  allows: { activation: isActivation },
  make(before) {
    const { config, shape, flattened, take } = before;
    const [units, inputs = null] = [number(entry(config, "units"), Number.NaN), shape[0]];
    if (shape.length !== 1) throw new Missing(`an input of ${shape.length} axes: put a Flatten before it`);
    const kernel = take("kernel", [inputs, units]);
    const [rows = 1] = kernel.shape;
    const bias = biasOf(before, units);
    const place = placeOf(flattened);
    const turn = (): Float32Array => {
      const data = new Float32Array(kernel.data.length);
      for (let o = 0; o < units; o++)
        for (let i = 0; i < rows; i++) data[o * rows + i] = kernel.data[place(i) * units + o] ?? 0;
      return data;
    };
    const layer = new Linear(rows, units, {
      weight: given(() => tensor(turn())),
      bias: bias ? given(() => tensor(bias.data)) : false,
    });
    return { layers: [layer, ...activationOf(config, 1)], shape: [units], flattened: undefined };
  },
};

/**
 * The scale and the shift of a normalization; undefined if it has neither. Where it has one, the other is the one with no
 * effect. Both are as long as what the file has: nothing is made of a length that it only states.
 */
function affine(
  before: Before,
  count: number,
): { readonly gamma: Float32Array; readonly beta: Float32Array } | undefined {
  const { config, take, flattened } = before;
  const read = (flag: string, name: string): Float32Array | undefined =>
    entry(config, flag) === false ? undefined : ordered(take(name, [count]), flattened);
  const [gamma, beta] = [read("scale", "gamma"), read("center", "beta")];
  const some = gamma ?? beta;
  return some && { gamma: gamma ?? new Float32Array(some.length).fill(1), beta: beta ?? new Float32Array(some.length) };
}

/** The number of features or channels, which the file must have numbers for before anything is made of it. */
const countOf = ({ shape }: Before): number => number(shape[0], Number.NaN);

function setAffine(layer: Pick<LayerNorm, "weight" | "bias">, learned: ReturnType<typeof affine>): void {
  if (!learned) return;
  set(layer.weight, learned.gamma);
  set(layer.bias, learned.beta);
}

export const batchNormalization: Row = {
  make(before) {
    const { config, shape, flattened, take } = before;
    if (shape.length === 2 && !before.channelsFirst) throw new Missing("of sequences that no convolution takes");
    const count = countOf(before);
    const axis = Number(list(entry(config, "axis"))[0] ?? entry(config, "axis") ?? -1);
    if (axis !== -1 && axis !== shape.length) throw new Missing(`axis ${axis}`);
    const mean = take("moving_mean", [count]);
    const learned = affine(before, count);
    const options = {
      affine: learned !== undefined,
      epsilon: number(entry(config, "epsilon"), 1e-3),
      momentum: 1 - number(entry(config, "momentum"), 0.99),
    };
    const layer = shape.length === 3 ? new BatchNorm2d(count, options) : new BatchNorm1d(count, options);
    setAffine(layer, learned);
    set(layer.runningMean, ordered(mean, flattened));
    set(layer.runningVariance, ordered(take("moving_variance", [count]), flattened));
    return { layers: [layer] };
  },
};

export const layerNormalization: Row = {
  make(before) {
    const { config, shape } = before;
    const axes = entry(config, "axis");
    const axis = Number(list(axes)[0] ?? axes ?? -1);
    if (shape.length !== 1 || list(axes).length > 1 || (axis !== -1 && axis !== 1))
      throw new Missing("of the channels of each place");
    const count = countOf(before);
    const learned = affine(before, count);
    const options = { affine: learned !== undefined, epsilon: number(entry(config, "epsilon"), 1e-3) };
    const layer = new LayerNorm(count, options);
    setAffine(layer, learned);
    return { layers: [layer] };
  },
};

export const leakyReLU: Row = {
  make({ config }) {
    return { layers: [leaky(number(entry(config, "alpha") ?? entry(config, "negative_slope"), 0.3))] };
  },
};

export const prelu: Row = {
  make({ shape, config, take, flattened, channelsFirst }) {
    const count = number(shape[0], Number.NaN);
    const shared = list(entry(config, "shared_axes"));
    if (
      !(channelsFirst || shape.length === 1) ||
      shared.length !== shape.length - 1 ||
      shared.some((axis, i) => axis !== i + 1)
    )
      throw new Missing("slopes that differ from place to place");
    const alpha = ordered(take("alpha", [...shared.map(() => 1), count]), flattened);
    const layer = new PReLU(alpha.length);
    set(layer.weight, alpha);
    return { layers: [layer] };
  },
};
