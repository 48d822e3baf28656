import { useEffect, useRef, useState } from "preact/hooks";
import type { Inside } from "../messages.ts";
import { saveFile } from "./save.ts";

interface NetworkProps {
  readonly inside: Inside;
  /** The digit at hand: 784 numbers. */
  readonly pixels: ArrayLike<number>;
  /** The first layer's weights, 784 a unit. */
  readonly weights: ArrayLike<number> | undefined;
  readonly classes: readonly string[];
}

const height = 340;
const imageSide = 84;
const [top, bottom] = [12, 26];

/** The network as a picture: the digit, the first units of each layer, the weights between them, and the answer. */
export function Network(props: NetworkProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const box = canvas.current?.parentElement;
    if (!box) return;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, width, props);
  }, [props.inside, props.weights, props.pixels, width]);
  const { layers } = props.inside;
  const scores = [...(layers.at(-1)?.values ?? [])];
  const best = scores.indexOf(Math.max(...scores));
  const sizes = layers.map(({ units }) => units).join(", ");
  return (
    <div class="network">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`The network: 784 pixels, then layers of ${sizes} units. Its answer for this digit: ${props.classes[best] ?? "none"}`}
      />
      <button
        type="button"
        class="save"
        onClick={() => canvas.current?.toBlob((blob) => blob && saveFile("network.png", blob))}
      >
        PNG
      </button>
    </div>
  );
}

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

function draw(canvas: HTMLCanvasElement, width: number, { inside, pixels, weights, classes }: NetworkProps): void {
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
  const { layers } = inside;
  const [left, right] = [side + 60, width - 78];
  const places = layers.map(({ values }, i): Place => {
    const x = layers.length === 1 ? right : left + ((right - left) * i) / (layers.length - 1);
    const step = (height - top - bottom) / values.length;
    return { x, ys: Array.from(values, (_, unit) => top + step * (unit + 0.5)) };
  });
  for (const [i, place] of places.entries()) {
    const before = places[i - 1];
    edges(context, colours, inside.weights[i] ?? new Float32Array(), before ?? { x: side, ys: [height / 2] }, place);
  }
  picture(context, pixels, 0, (height - side) / 2, side, colours);
  for (const [i, place] of places.entries()) {
    const layer = layers[i];
    if (!layer) continue;
    if (i === layers.length - 1) answers(context, colours, layer.values, place, classes);
    else {
      units(context, colours, layer.values, place, i === 0 ? weights : undefined);
      const hidden = layer.units - layer.values.length;
      context.fillStyle = colours.muted;
      context.textAlign = "center";
      context.fillText(hidden > 0 ? `and ${hidden} more` : `${layer.units} units`, place.x, height - 8);
    }
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

/** Units: those of the first layer as pictures of their weights; a dot as dark as the unit is active. */
function units(
  context: CanvasRenderingContext2D,
  colours: Colours,
  values: Float32Array,
  { x, ys }: Place,
  weights: ArrayLike<number> | undefined,
): void {
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  const room = (ys[1] ?? height) - (ys[0] ?? 0);
  const size = Math.min(weights ? 22 : 15, room - 2);
  for (const [unit, y] of ys.entries()) {
    const value = values[unit] ?? 0;
    context.fillStyle = colours.card;
    context.strokeStyle = value < 0 ? colours.check : colours.train;
    if (weights) {
      context.fillRect(x - size / 2, y - size / 2, size, size);
      thumbnail(context, weights, unit, x - size / 2, y - size / 2, size);
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

/** A canvas of 28×28 pixels, and a function that puts colours on it. */
const scratch = (): { canvas: HTMLCanvasElement; put: (paint: (i: number) => number) => void } => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 28, height: 28 });
  return {
    canvas,
    put(paint) {
      const image = new ImageData(28, 28);
      const words = new Uint32Array(image.data.buffer);
      for (let i = 0; i < words.length; i++) words[i] = paint(i);
      canvas.getContext("2d")?.putImageData(image, 0, 0);
    },
  };
};

function picture(
  context: CanvasRenderingContext2D,
  pixels: ArrayLike<number>,
  x: number,
  y: number,
  side: number,
  colours: Colours,
): void {
  const { canvas, put } = scratch();
  put((i) => ((255 * (pixels[i] ?? 0)) << 24) | 0x181414);
  context.fillStyle = "#fbfaf8";
  context.fillRect(x, y, side, side);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, x, y, side, side);
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
}

/** The weights of a unit: orange above 0, blue below. */
function thumbnail(
  context: CanvasRenderingContext2D,
  weights: ArrayLike<number>,
  unit: number,
  x: number,
  y: number,
  side: number,
): void {
  const { canvas, put } = scratch();
  let most = 1e-9;
  for (let i = 0; i < 784; i++) most = Math.max(most, Math.abs(weights[unit * 784 + i] ?? 0));
  put((i) => {
    const weight = weights[unit * 784 + i] ?? 0;
    return (Math.round((255 * Math.abs(weight)) / most) << 24) | (weight > 0 ? 0x1457e2 : 0xd26326);
  });
  context.imageSmoothingEnabled = true;
  context.drawImage(canvas, x, y, side, side);
}
