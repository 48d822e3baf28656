/** Pictures of real test digits as people have them: of any size, colours and place. */
import type { Examples } from "@dlcc/data";
import { encode } from "fast-png";

/** The digits, 28×28 pixels from 0 to 1 each, with their labels. */
export function digitsOf({ images, labels }: Examples, count: number): { ink: Float32Array; label: number }[] {
  const pixels = images.dataSync() as Float32Array;
  const truth = labels.dataSync();
  return Array.from({ length: count }, (_, i) => ({ ink: pixels.slice(i * 784, (i + 1) * 784), label: truth[i]! }));
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  /** The place of the digit's 28×28 pixels, and the size of each. */
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** The digit, enlarged smoothly, somewhere on a canvas: the ink on each pixel. */
function draw(ink: Float32Array, { width, height, left, top, scale }: Canvas): Float32Array {
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x > 27 || y > 27 ? 0 : ink[y * 28 + x]!);
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = ((i % width) + 0.5 - left) / scale - 0.5;
    const y = (Math.floor(i / width) + 0.5 - top) / scale - 0.5;
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - x0, y - y0];
    const upper = (1 - u) * at(x0, y0) + u * at(x0 + 1, y0);
    const lower = (1 - u) * at(x0, y0 + 1) + u * at(x0 + 1, y0 + 1);
    return (1 - v) * upper + v * lower;
  });
}

const mix = (from: number, to: number, share: number): number => Math.round(from + (to - from) * share);

type Colour = readonly [number, number, number];

const small: Canvas = { width: 28, height: 28, left: 0, top: 0, scale: 1 };
const large: Canvas = { width: 200, height: 260, left: 60, top: 110, scale: 5 };
const wide: Canvas = { width: 300, height: 140, left: 10, top: 0, scale: 4.5 };

function coloured(ink: Float32Array, canvas: Canvas, paper: Colour, pen: Colour): Uint8Array {
  const drawn = draw(ink, canvas);
  const data = Uint8Array.from({ length: drawn.length * 3 }, (_, i) => {
    const [c, share] = [i % 3, drawn[Math.floor(i / 3)]!];
    return mix(paper[c]!, pen[c]!, share);
  });
  return encode({ width: canvas.width, height: canvas.height, data, channels: 3 });
}

function transparent(ink: Float32Array, canvas: Canvas, [red, green, blue]: Colour): Uint8Array {
  const data = Uint8Array.from([...draw(ink, canvas)].flatMap((share) => [red, green, blue, mix(0, 255, share)]));
  return encode({ width: canvas.width, height: canvas.height, data, channels: 4 });
}

/** Functions that turn a digit into a PNG, by name. */
export const styles: Readonly<Record<string, (ink: Float32Array) => Uint8Array>> = {
  "gray, light on dark, 28×28": (ink) =>
    encode({ width: 28, height: 28, data: Uint8Array.from(ink, (v) => mix(0, 255, v)), channels: 1 }),
  "gray, dark on light, large, off the middle": (ink) =>
    encode({ ...large, data: Uint8Array.from(draw(ink, large), (v) => mix(240, 20, v)), channels: 1 }),
  "blue on yellow": (ink) => coloured(ink, wide, [250, 240, 150], [20, 40, 160]),
  "yellow on blue": (ink) => coloured(ink, large, [20, 40, 160], [250, 240, 150]),
  "black on transparent": (ink) => transparent(ink, large, [0, 0, 0]),
  "white on transparent": (ink) => transparent(ink, wide, [255, 255, 255]),
  "gray and alpha": (ink) =>
    encode({
      ...large,
      data: Uint8Array.from([...draw(ink, large)].flatMap((v) => [30, mix(0, 255, v)])),
      channels: 2,
    }),
  "16 bits": (ink) =>
    encode({ ...large, data: Uint16Array.from(draw(ink, large), (v) => mix(65535, 9000, v)), channels: 1, depth: 16 }),
  "a palette": (ink) =>
    encode({
      ...wide,
      data: Uint8Array.from(draw(ink, wide), (v) => Math.round(v * 3)),
      channels: 1,
      palette: [
        [255, 255, 255],
        [180, 170, 160],
        [90, 80, 70],
        [10, 0, 0],
      ],
    }),
  interlaced: (ink) =>
    encode({ ...small, data: Uint8Array.from(ink, (v) => mix(255, 0, v)), channels: 1 }, { interlace: "Adam7" }),
};
