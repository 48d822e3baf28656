/**
 * What goes on in a network of images as it reads one digit: the first feature maps of each layer, and how strongly they act on
 * those of the next. Loaded when a network has such layers.
 */
import { asInput, type LoadedModel, type OutputKind, scores } from "@dlcc/experiment";
import {
  AvgPool2d,
  Conv2d,
  callLayer,
  Flatten,
  type Layer,
  Linear,
  MaxPool2d,
  type Module,
  Residual,
  Sequential,
} from "@dlcc/layers";
import { slice, type Tensor, tidy, unrecorded } from "@dlcc/tensor";
import type { Inside } from "../messages.ts";

/** More maps, or units, of a layer than these can't be told apart in a picture. */
const most = { maps: 8, units: 14 } as const;

/** A column of the picture: what a layer gave, before it was put in a row, and the layer that it came from. */
interface Column {
  readonly value: Tensor;
  readonly from: Layer | undefined;
}

/** Layers that begin a column of their own; what else there is, such as an activation, belongs to the one before. */
const begins = (layer: Layer): boolean =>
  [Conv2d, Linear, MaxPool2d, AvgPool2d, Residual].some((type) => layer instanceof type);

const isMaps = ({ shape }: Tensor): boolean => shape.length === 4;

const shownOf = (value: Tensor): number => Math.min(isMaps(value) ? most.maps : most.units, value.shape[1] ?? 0);

/** The layers of a network, from the first that weighs something up. @param pixels `[1, 784]` */
export async function insideOfImages(
  model: Module,
  pixels: Tensor,
  { input, outputs }: { readonly input: LoadedModel["input"]; readonly outputs: OutputKind },
): Promise<Inside> {
  const stack = model instanceof Sequential ? model.layers : [model];
  model.eval();
  const made = unrecorded(() =>
    tidy(() => {
      let value = asInput(pixels, input);
      const columns: Column[] = [];
      let from: Layer | undefined;
      let unrolled = value;
      let first: Tensor | undefined;
      for (const layer of stack) {
        if (begins(layer)) {
          if (from) columns.push({ value: unrolled, from });
          from = layer;
        }
        value = callLayer(layer, value);
        if (!(layer instanceof Flatten)) unrolled = value;
        if (from) first ??= value;
      }
      columns.push({ value: scores(value, outputs), from });
      return {
        first: first ?? value,
        columns: columns.map((column) => ({
          ...column,
          value: slice(column.value, [0, 1], [0, shownOf(column.value)]),
        })),
        sizes: columns.map((column) => column.value.shape[1] ?? 0),
      };
    }),
  );
  // Copies: what a backend gives may be the memory itself.
  const read = async (tensor: Tensor): Promise<Float32Array> => Float32Array.from(await tensor.data());
  const weights: Float32Array[] = [];
  const layers: Inside["layers"][number][] = [];
  for (const [i, { value, from }] of made.columns.entries()) {
    const side = value.shape[2];
    const before = made.columns[i - 1]?.value;
    const rows = value.shape[1] ?? 1;
    weights.push(
      before
        ? await between(from, { inputs: made.sizes[i - 1] ?? 0, columns: before.shape[1] ?? 0, rows })
        : meansOf(await read(made.first), made.first.shape[1] ?? 1).slice(0, rows),
    );
    const values = await read(value);
    const isSquare = side !== undefined && side === value.shape[3];
    const shown = isSquare ? { values, side } : { values: isMaps(value) ? meansOf(values, rows) : values };
    layers.push({
      units: made.sizes[i] ?? 0,
      ...shown,
      pooled: from instanceof MaxPool2d || from instanceof AvgPool2d,
    });
  }
  for (const { value } of made.columns) value.dispose();
  made.first.dispose();
  return { layers, weights };
}

/** The mean of each map: of the first layer's, what the picture says to it. */
function meansOf(values: Float32Array, maps: number): Float32Array {
  const each = values.length / maps;
  return Float32Array.from({ length: maps }, (_, map) => {
    const own = values.subarray(map * each, (map + 1) * each);
    return own.reduce((sum, value) => sum + value, 0) / each;
  });
}

/** How many maps, or units, there are before a layer; how many of them are shown, and how many behind it. */
interface Counts {
  readonly inputs: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * How strongly each map, or unit, of a column acts on each of the next: of the weights between the two the length, ‖w‖, with the
 * sign of their sum. What a layer without weights makes of a map goes to that map's own place.
 */
async function between(layer: Layer | undefined, { inputs, columns, rows }: Counts): Promise<Float32Array> {
  const strengths = new Float32Array(rows * columns);
  if (!(layer instanceof Linear || layer instanceof Conv2d)) {
    for (let i = 0; i < Math.min(rows, columns); i++) strengths[i * columns + i] = 1;
    return strengths;
  }
  const part = tidy(() => slice(layer.weight.value, [0, rows]));
  const values = await part.data();
  // A dense layer behind feature maps has a weight for each of their pixels.
  const each = values.length / rows / inputs;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const begin = (row * inputs + column) * each;
      let [squares, sum] = [0, 0];
      for (let i = begin; i < begin + each; i++) {
        const weight = values[i] ?? 0;
        squares += weight * weight;
        sum += weight;
      }
      strengths[row * columns + column] = Math.sign(sum) * Math.sqrt(squares);
    }
  }
  part.dispose();
  return strengths;
}
