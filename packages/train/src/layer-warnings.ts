import type { LayerStatistics } from "./layer-statistics.ts";

/** Something that keeps a layer from learning. */
export interface LayerWarning {
  /** What it is. */
  readonly kind: "vanishing" | "exploding" | "dead" | "saturated" | "unscaled" | "probabilities";
  /** Where it is: the path of the layer's parameters. */
  readonly layer: string;
  /** What was found, in words. */
  readonly found: string;
  /** What the course says to do. */
  readonly advice: string;
}

/**
 * Gradients vanish or explode when those of the first layer are so many times smaller or larger than those of the last. On
 * MNIST, in networks of up to eight hidden layers that learn well, the ratio is below 20; from 40 on they hardly learn.
 */
const unstable = 30;
/** From this share on ReLUs are worth a word: some die in any network. */
const manyDead = 0.2;
/** From this share of outputs in its flat part on an activation is saturated. */
const manyFlat = 0.5;

/** What is wrong with the layers of a network, those that run first at the beginning. */
export function warningsOf(layers: readonly LayerStatistics[]): LayerWarning[] {
  return [...unstableGradients(layers), ...layers.flatMap((layer, i) => atLayer(layer, i === layers.length - 1))];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** A gradient that is NaN or infinite; otherwise the ratio of the first layer's to the last's. */
function unstableGradients(layers: readonly LayerStatistics[]): LayerWarning[] {
  const bad = layers.find(({ gradient }) => !Number.isFinite(gradient));
  if (bad) {
    const found = `its gradient is ${bad.gradient}`;
    return [{ kind: "exploding", layer: bad.layer, found, advice: explodingAdvice }];
  }
  const [first, last] = [layers[0], layers.at(-1)];
  if (!first || !last) return [];
  const { layer, gradient } = first;
  if (last.gradient > unstable * gradient) {
    const ratio = `${times(last.gradient / gradient)} smaller than that of ${last.layer}`;
    const found = gradient === 0 ? `its gradient is 0, and that of ${last.layer} is not` : `its gradient is ${ratio}`;
    return [{ kind: "vanishing", layer, found, advice: vanishingAdvice }];
  }
  if (gradient > unstable * last.gradient && last.gradient > 0) {
    const found = `its gradient is ${times(gradient / last.gradient)} larger than that of ${last.layer}`;
    return [{ kind: "exploding", layer, found, advice: explodingAdvice }];
  }
  return [];
}

const times = (ratio: number): string => `${ratio < 1e6 ? Math.round(ratio) : ratio.toExponential(1)} times`;

const vanishingAdvice =
  "the factors ∂y/∂u on the way back are small, for a sigmoid at most 1/4 each: use ReLU, fewer layers, or weights that begin larger";
const explodingAdvice =
  "the factors ∂y/∂u on the way back are large: let the weights begin smaller, lower the learning rate, or clip the gradients";

/** What a layer's own outputs tell. Those of the last are the network's answer: to be near 0 or 1 is what they are for. */
function atLayer({ layer, activation, dead, flat }: LayerStatistics, isLast: boolean): LayerWarning[] {
  if (isLast || activation === undefined) return [];
  if (activation === "relu") {
    if (dead < manyDead) return [];
    const found = `${percent(dead)} of its neurons were 0 for all examples`;
    const advice =
      "a ReLU's slope is 0 below 0, so these can't learn: lower the learning rate, and let the weights begin with variance 2/inputs";
    return [{ kind: "dead", layer, found, advice }];
  }
  if (flat < manyFlat) return [];
  const found = `${percent(flat)} of its outputs are where ${activation} is flat`;
  const advice =
    "∂y/∂u is close to 0 there: standardize the inputs, let the weights begin smaller (variance 1/inputs), or use ReLU";
  return [{ kind: "saturated", layer, found, advice }];
}
