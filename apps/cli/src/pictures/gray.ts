/**
 * Turns colours into shades of gray, and transparency into background. A file does not define the colour behind its
 * transparent pixels: it is chosen to make the other pixels readable.
 */
import type { GrayImage } from "@dlcc/data";
import type { Pixels } from "./pixels.ts";

/** The weights of red, green and blue in the luminance. Source: ITU-R BT.601. */
const weights = [0.299, 0.587, 0.114] as const;

/** From this opacity on a pixel is visible. */
const seen = 0.5;

/** If visible pixels differ by more than this, they include both paper and ink. */
const paperAndInk = 0.5;

/** The luminance of each pixel; the background shows through transparent ones. */
export function grayOf({ values, channels, width, height }: Pixels): GrayImage {
  const count = width * height;
  const colours = channels >= 3 ? 3 : 1;
  const light = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * channels;
    const value = (c: number): number => values[at + c] ?? 0;
    // Rounding could give a little more than 1, which is not valid.
    const luminance = colours === 1 ? value(0) : weights[0] * value(0) + weights[1] * value(1) + weights[2] * value(2);
    light[i] = Math.min(1, luminance);
  }
  if (channels === colours) return { pixels: light, width, height };

  const alpha = (i: number): number => values[i * channels + colours] ?? 1;
  const background = behind(light.filter((_, i) => alpha(i) >= seen));
  const pixels = light.map((value, i) => alpha(i) * value + (1 - alpha(i)) * background);
  return { pixels, width, height };
}

/**
 * The luminance behind the transparent pixels. If the others have light and dark, it is that of the paper, which most of
 * them show; else they are the ink, and the background is the opposite.
 */
function behind(visible: Float32Array): number {
  if (visible.length === 0) return 0;
  visible.sort();
  const [darkest = 0, middle = 0, lightest = 0] = [visible[0], visible[visible.length >> 1], visible.at(-1)];
  if (lightest - darkest > paperAndInk) return middle;
  return middle < 0.5 ? 1 : 0;
}
