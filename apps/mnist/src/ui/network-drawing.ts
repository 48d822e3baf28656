/** The picture of a network: the digit, the first units or feature maps of each layer, the weights between them, and the answer. */
import type { Inside } from "../messages.ts";

export interface NetworkPicture {
  readonly inside: Inside;
  /** The digit at hand: 784 numbers. */
  readonly pixels: ArrayLike<number>;
  /** The first layer's weights, those of one unit after the other: 784, or a kernel. */
  readonly weights: Int8Array | undefined;
  /** How many weights a unit has. */
  readonly each: number;
  readonly classes: readonly string[];
}

/** What pictures are drawn on, light and dark. */
const paper = "#fbfaf8";
const height = 340;
const imageSide = 84;
const [top, bottom] = [12, 26];
/** A feature map is no larger than this; and where columns are nearer than that, there is no room for kernels, and none for pooled maps. */
const [mapSide, kernelSide, roomy] = [34, 20, 62];

type Layer = Inside["layers"][number];

type Colours = Readonly<Record<"ink" | "muted" | "line" | "card" | "train" | "check", string>>;

function coloursOf(): Colours {
  const css = getComputedStyle(document.documentElement);
  const of = (name: string): string => css.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"),
    muted: of("muted"),
    line: of("line"),
    card: of("card"),
    train: of("train"),
    check: of("check"),
  };
}

interface Place {
  readonly x: number;
  readonly ys: readonly number[];
}

/** How many units or maps of a layer are shown. */
const rowsOf = ({ values, side = 1 }: Layer): number => values.length / side ** 2;

/** Draws it as wide as its place. */
export function drawNetwork(canvas: HTMLCanvasElement, width: number, picture: NetworkPicture): void {
  const { inside, pixels, weights, each, classes } = picture;
  const ratio = devicePixelRatio || 1;
  Object.assign(canvas, { width: width * ratio, height: height * ratio });
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (!context) return;
  const colours = coloursOf();
  context.scale(ratio, ratio);
  context.fillStyle = colours.card;
  context.fillRect(0, 0, width, height);
  context.font = `12px ${getComputedStyle(document.documentElement).fontFamily}`;
  const side = Math.min(imageSide, width / 5);
  const [left, right] = [side + Math.min(60, width / 8), width - 78];
  const apart = (count: number): number => (right - left) / Math.max(1, count - 1);
  const all = inside.layers.map((layer, i) => ({ ...layer, from: inside.weights[i] ?? new Float32Array() }));
  // A pooled map is the same map, smaller: the first to go.
  const layers = apart(all.length) < roomy ? all.filter(({ pooled }) => !pooled) : all;
  const gap = apart(layers.length);
  const places = layers.map((layer, i): Place => {
    const rows = rowsOf(layer);
    const step = (height - top - bottom) / rows;
    const x = layers.length === 1 ? right : left + gap * i;
    return { x, ys: Array.from({ length: rows }, (_, unit) => top + step * (unit + 0.5)) };
  });
  for (const [i, place] of places.entries()) {
    const before = places[i - 1] ?? { x: side, ys: [height / 2] };
    edges(context, colours, layers[i]?.from ?? new Float32Array(), before, place);
  }
  digit(context, pixels, 0, (height - side) / 2, side, colours);
  for (const [i, place] of places.entries()) {
    const layer = layers[i];
    if (!layer) continue;
    if (i === layers.length - 1) {
      answers(context, colours, layer.values, place, classes);
      continue;
    }
    const first = i === 0 && weights ? (unit: number) => weights.subarray(unit * each, (unit + 1) * each) : undefined;
    if (layer.side === undefined) units(context, colours, layer.values, place, first);
    else
      maps(context, colours, layer.values, place, { side: layer.side, gap, kernel: gap < roomy ? undefined : first });
    const hidden = layer.units - rowsOf(layer);
    context.fillStyle = colours.muted;
    context.textAlign = "center";
    const what = layer.side === undefined ? "units" : "maps";
    // Where columns are near each other, there is room for a number alone.
    const said = hidden > 0 ? `and ${hidden} more` : `${layer.units} ${what}`;
    context.fillText(gap < roomy ? String(layer.units) : said, place.x, height - 8);
  }
}

/** Lines between two layers: orange for, blue against, as strong as the weight. */
function edges(
  context: CanvasRenderingContext2D,
  colours: Colours,
  weights: Float32Array,
  from: Place,
  to: Place,
): void {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
  const columns = from.ys.length;
  for (const [row, y] of to.ys.entries()) {
    for (const [column, begin] of from.ys.entries()) {
      const weight = weights[row * columns + column] ?? 0;
      const share = Math.abs(weight) / largest;
      if (share < 0.06) continue;
      context.globalAlpha = 0.08 + 0.62 * share;
      context.lineWidth = 0.4 + 1.8 * share;
      context.strokeStyle = weight > 0 ? colours.train : colours.check;
      context.beginPath();
      const middle = (from.x + to.x) / 2;
      context.moveTo(from.x, begin);
      context.bezierCurveTo(middle, begin, middle, y, to.x, y);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

/** The weights of a unit of the first layer. */
type Weights = (unit: number) => ArrayLike<number>;

/** Units: those of the first layer as pictures of their weights; a dot as dark as the unit is active. */
function units(
  context: CanvasRenderingContext2D,
  colours: Colours,
  values: Float32Array,
  { x, ys }: Place,
  weights: Weights | undefined,
): void {
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  const room = (ys[1] ?? height) - (ys[0] ?? 0);
  const size = Math.min(weights ? 22 : 15, room - 2);
  for (const [unit, y] of ys.entries()) {
    const value = values[unit] ?? 0;
    context.fillStyle = colours.card;
    context.strokeStyle = value < 0 ? colours.check : colours.train;
    if (weights) {
      context.fillStyle = paper;
      context.fillRect(x - size / 2, y - size / 2, size, size);
      thumbnail(context, weights(unit), { x: x - size / 2, y: y - size / 2, side: size });
      context.globalAlpha = Math.abs(value) / most;
      context.lineWidth = 2;
      context.strokeRect(x - size / 2, y - size / 2, size, size);
      context.globalAlpha = 1;
      continue;
    }
    context.beginPath();
    context.arc(x, y, size / 2, 0, 2 * Math.PI);
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = colours.muted;
    context.stroke();
    context.globalAlpha = Math.abs(value) / most;
    context.fillStyle = value < 0 ? colours.check : colours.train;
    context.fill();
    context.globalAlpha = 1;
  }
}

/** Feature maps, as strong as the strongest of them is; before each of the first, its kernel. */
function maps(
  context: CanvasRenderingContext2D,
  colours: Colours,
  values: Float32Array,
  { x, ys }: Place,
  options: { readonly side: number; readonly gap: number; readonly kernel: Weights | undefined },
): void {
  const { side, gap, kernel } = options;
  // Few pixels are near the largest: the others can be seen, too.
  const largest = 0.6 * values.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  const room = (ys[1] ?? height) - (ys[0] ?? 0);
  const size = Math.min(mapSide, room - 4, gap - 6);
  const frame = (left: number, middle: number, length: number, paint: () => void): void => {
    context.fillStyle = paper;
    context.fillRect(left, middle - length / 2, length, length);
    paint();
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, middle - length / 2 + 0.5, length - 1, length - 1);
  };
  for (const [i, y] of ys.entries()) {
    const map = values.subarray(i * side * side, (i + 1) * side * side);
    const left = x - size / 2;
    frame(left, y, size, () => thumbnail(context, map, { x: left, y: y - size / 2, side: size, largest }));
    if (!kernel) continue;
    const before = left - kernelSide - 4;
    frame(before, y, kernelSide, () =>
      thumbnail(context, kernel(i), { x: before, y: y - kernelSide / 2, side: kernelSide }),
    );
  }
}

/** The scores, each as a bar behind its class. */
function answers(
  context: CanvasRenderingContext2D,
  colours: Colours,
  scores: Float32Array,
  { x, ys }: Place,
  classes: readonly string[],
): void {
  const best = scores.indexOf(Math.max(...scores));
  for (const [i, y] of ys.entries()) {
    context.fillStyle = colours.line;
    context.fillRect(x + 18, y - 5, 56, 10);
    context.fillStyle = i === best ? colours.train : colours.muted;
    context.fillRect(x + 18, y - 5, 56 * Math.min(1, Math.max(0, scores[i] ?? 0)), 10);
    context.fillStyle = i === best ? colours.ink : colours.muted;
    context.textAlign = "center";
    context.fillText((classes[i] ?? String(i)).slice(0, 1), x + 8, y + 4);
  }
}

let scratch: CanvasRenderingContext2D | null | undefined;
let image: ImageData | undefined;

/** Draws a small square picture at a larger size. All pictures pass through one canvas: a new one for each costs milliseconds. */
function paint(
  context: CanvasRenderingContext2D,
  pixels: number,
  { x, y, side }: { readonly x: number; readonly y: number; readonly side: number },
  colour: (i: number) => number,
): void {
  scratch ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!scratch) return;
  const { canvas } = scratch;
  if (canvas.width !== pixels) Object.assign(canvas, { width: pixels, height: pixels });
  if (image?.width !== pixels) image = scratch.createImageData(pixels, pixels);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = colour(i);
  scratch.putImageData(image, 0, 0);
  context.drawImage(canvas, x, y, side, side);
}

function digit(
  context: CanvasRenderingContext2D,
  pixels: ArrayLike<number>,
  x: number,
  y: number,
  side: number,
  colours: Colours,
): void {
  context.fillStyle = paper;
  context.fillRect(x, y, side, side);
  context.imageSmoothingEnabled = false;
  paint(context, 28, { x, y, side }, (i) => ((255 * (pixels[i] ?? 0)) << 24) | 0x181414);
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
}

/** Numbers as a square picture: orange above 0, blue below, as strong as their share of the largest. */
function thumbnail(
  context: CanvasRenderingContext2D,
  values: ArrayLike<number>,
  { largest, ...place }: { readonly x: number; readonly y: number; readonly side: number; readonly largest?: number },
): void {
  const pixels = Math.sqrt(values.length);
  let most = largest ?? 1e-9;
  if (largest === undefined) for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] ?? 0));
  // Few pixels are told apart, many are a picture.
  context.imageSmoothingEnabled = pixels > 12;
  paint(context, pixels, place, (i) => {
    const value = values[i] ?? 0;
    return (Math.min(255, Math.round((255 * Math.abs(value)) / most)) << 24) | (value > 0 ? 0x1457e2 : 0xd26326);
  });
}
