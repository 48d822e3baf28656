/**
 * A network as a list of layers with their sizes, as plain data. `build.ts` makes the layers, `program.ts` writes them: so both have
 * the same ones. It imports nothing of the packages, as a page that writes programs doesn't load them.
 */
import { pick } from "../choices/choice.ts";
import { losses } from "../choices/losses.ts";
import { layerSeeds } from "../seeds.ts";
import { type HiddenSpec, parseLayers } from "./layers.ts";

/** The options that make a network. */
export interface NetworkOptions {
  /** How many numbers an example has; or, for layers that need images, its shape: `[channels, height, width]`. */
  readonly inputs: number | readonly number[];
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** The hidden layers as text, such as `conv 20 5, pool 2, dense 100`, in place of `hidden`: see {@link parseLayers}. */
  readonly layers?: string | undefined;
  /** How many classes, or predicted numbers, there are. */
  readonly outputs: number;
  /** The activation of the hidden layers: a name in `activations` for all, or one for each layer, such as `relu,tanh`. */
  readonly activation: string;
  /** A name in `losses`: some losses add an activation to the output layer. */
  readonly loss: string;
  /** A name in `initializers`. */
  readonly init: string;
  /** The initializer of the output layer. Default: `init`. */
  readonly outputInit?: string | undefined;
  /** The probability that an output of a dense hidden layer is dropped while training. Default: 0, which adds no layer. */
  readonly dropout?: number;
  /** The same seed gives the same network. */
  readonly seed: number;
}

/** A layer of a network. */
export interface PlannedLayer {
  /** A class of `@dlcc/layers`; or a name in `activations`, in lower case. */
  readonly type: string;
  /** What its constructor takes. */
  readonly sizes: readonly number[];
  /** Its padding, or how far it moves, if it isn't the default. */
  readonly options?: Readonly<Record<string, number | string>>;
  /** Of its weights: a name in `initializers`. */
  readonly init?: string;
  /** Of its random numbers. */
  readonly seed?: number;
  /** The layers inside, whose output it adds to its input. */
  readonly layers?: readonly PlannedLayer[];
  /** The shape of what comes out, for one example. */
  readonly outputShape: readonly number[];
}

type Shape = readonly number[];

const textOf = (shape: Shape): string => shape.join("×");

/** The height and width that a window leaves. */
function slid(what: string, shape: Shape, size: number, stride: number): [height: number, width: number] {
  const [, height, width] = images(what, shape);
  if (height >= size && width >= size) {
    return [Math.floor((height - size) / stride) + 1, Math.floor((width - size) / stride) + 1];
  }
  throw new RangeError(`buildNetwork: ${what} must have an input of at least ${size}×${size}, got ${textOf(shape)}`);
}

/** The shape of images. */
function images(what: string, shape: Shape): readonly [channels: number, height: number, width: number] {
  if (shape.length === 3) return shape as unknown as [number, number, number];
  throw new RangeError(
    `buildNetwork: ${what} must stand before all dense layers, and its input be [channels, height, width], got ${textOf(shape)}`,
  );
}

/** Layers with weights: an activation follows each. */
const hasWeights = (layer: HiddenSpec | undefined): boolean => layer?.kind === "conv" || layer?.kind === "dense";

/** How many of them there are, in blocks, too. */
const countWeighted = (layers: readonly HiddenSpec[]): number =>
  layers.reduce(
    (sum, layer) => sum + (layer.kind === "residual" ? countWeighted(layer.layers) : Number(hasWeights(layer))),
    0,
  );

/** The layers of a network, in their order. @throws {RangeError} if a size or a name is wrong. */
export function planOf(options: NetworkOptions): PlannedLayer[] {
  const { outputs, activation, loss, init, outputInit = init, dropout = 0, seed } = options;
  const hidden: readonly HiddenSpec[] =
    options.layers === undefined
      ? options.hidden.map((units) => ({ kind: "dense", units }))
      : parseLayers(options.layers);
  const weighted = countWeighted(hidden);
  const names = activation.split(",");
  let plan: PlannedLayer[] = [];
  let shape: Shape = typeof options.inputs === "number" ? [options.inputs] : options.inputs;
  /** Which of the layers with weights comes next. */
  let at = 0;
  /** Which of all layers. */
  let position = 0;
  const add = (type: string, sizes: readonly number[], after: Shape, rest: Partial<PlannedLayer> = {}): void => {
    plan.push({ type, sizes, outputShape: after, ...rest });
    shape = after;
  };
  const dense = (units: number, initializer: string): void => {
    if (shape.length > 1) add("Flatten", [], [shape.reduce((product, n) => product * n, 1)]);
    const { weights } = layerSeeds(seed, weighted + 1, at);
    add("Linear", [shape[0] ?? 0, units], [units], { init: initializer, seed: weights });
  };
  /** The activation of the layer with weights that came last. */
  const activate = (isDense: boolean): void => {
    add(names[at] ?? (names[0] as string), [], shape);
    if (dropout > 0 && isDense) add("Dropout", [dropout], shape, { seed: layerSeeds(seed, weighted + 1, at).dropout });
    at++;
  };
  const one = (layer: HiddenSpec, place: number): void => {
    if (layer.kind === "conv") {
      const { channels, kernel, same } = layer;
      const [inputs, height, width] = images("conv", shape);
      const size = same ? [height, width] : slid("conv", shape, kernel, 1);
      const { weights } = layerSeeds(seed, weighted + 1, at);
      const padding = same ? { options: { padding: "same" } } : {};
      add("Conv2d", [inputs, channels, kernel], [channels, ...size], { ...padding, init, seed: weights });
    } else if (layer.kind === "dense") dense(layer.units, init);
    else if (layer.kind === "norm") add(shape.length === 3 ? "BatchNorm2d" : "BatchNorm1d", [shape[0] ?? 0], shape);
    else if (layer.kind === "dropout") {
      // Its own stream: that of the weights comes from the same layer, and this from the one that is to come.
      add("Dropout", [layer.p], shape, { seed: layerSeeds(seed, weighted + 1, at).dropout + place });
    } else if (layer.kind === "mean") {
      const [channels] = images("mean", shape);
      add("AdaptiveAvgPool2d", [1], [channels, 1, 1]);
    } else if (layer.kind === "residual") block(layer.layers);
    else if ("size" in layer) {
      const { kind, size, stride } = layer;
      const [channels] = images(kind, shape);
      const moves = stride === size ? {} : { options: { stride } };
      add(kind === "pool" ? "MaxPool2d" : "AvgPool2d", [size], [channels, ...slid(kind, shape, size, stride)], moves);
    }
  };
  /** Layers in a row. @param last Whether the activation of the last one with weights is left to the block around them. */
  const all = (layers: readonly HiddenSpec[], last: boolean): void => {
    layers.forEach((layer, i) => {
      one(layer, position++);
      // A layer's activation comes after its normalization.
      const owner = layer.kind === "norm" ? layers[i - 1] : layer;
      const isNext = layers[i + 1]?.kind === "norm" && layer.kind !== "norm";
      if (!hasWeights(owner) || isNext || (last && countWeighted(layers.slice(i + 1)) === 0)) return;
      activate(owner?.kind === "dense");
    });
  };
  const block = (layers: readonly HiddenSpec[]): void => {
    const [around, before] = [plan, shape];
    plan = [];
    all(layers, true);
    const inside = plan;
    plan = around;
    if (shape.join() !== before.join()) {
      throw new RangeError(
        `buildNetwork: the layers of residual must keep the shape of their input, ${textOf(before)}, got ${textOf(shape)}: conv ${before[0]} KERNEL same keeps it`,
      );
    }
    add("Residual", [], shape, { layers: inside });
    const last = layers.findLast((layer) => countWeighted([layer]) > 0);
    if (hasWeights(last)) activate(last?.kind === "dense");
  };
  all(hidden, false);
  dense(outputs, outputInit);
  const { output } = pick(losses, loss);
  if (output !== undefined) add(output, [], shape);
  return plan;
}

/** What the sizes of layers don't depend on. */
const anyNetwork = { activation: "relu", loss: "cross-entropy", init: "he", seed: 0 } as const;

/**
 * The sizes of a network's layers as text.
 *
 * @throws {RangeError} if a size or a name is wrong.
 * @example
 * ```ts
 * import { architecture } from "@dlcc/experiment";
 *
 * console.log(architecture({ inputs: 784, hidden: [128], outputs: 10 })); // → 784-128-10
 * const layers = "conv 20 5, pool 2, dense 100";
 * console.log(architecture({ inputs: [1, 28, 28], hidden: [], layers, outputs: 10 })); // → 1×28×28-20×24×24-100-10
 * ```
 */
export function architecture(
  options: Pick<NetworkOptions, "inputs" | "hidden" | "outputs"> & Partial<NetworkOptions>,
): string {
  const input = typeof options.inputs === "number" ? [options.inputs] : options.inputs;
  const weighted = planOf({ ...anyNetwork, ...options }).filter(
    ({ init, layers }) => init !== undefined || layers !== undefined,
  );
  return [input, ...weighted.map(({ outputShape }) => outputShape)].map(textOf).join("-");
}
