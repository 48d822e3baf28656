/** The pixels of a decoded PNG of any kind, one by one: nothing is copied. */
import type { DecodedPng } from "fast-png";

/** The shades of an image, from 0 to 1, by the number of a pixel. */
export interface Shades {
  /** The luminance: black is 0. */
  readonly light: (pixel: number) => number;
  /** The opacity; undefined if all pixels are opaque. */
  readonly alpha: ((pixel: number) => number) | undefined;
}

/** The weights of red, green and blue in the luminance. Source: ITU-R BT.601. */
const weights = [0.299, 0.587, 0.114] as const;

/** Rounding could give a little more than 1, which is not valid. */
const luminance = (red: number, green: number, blue: number): number =>
  Math.min(1, weights[0] * red + weights[1] * green + weights[2] * blue);

/** The shades of a PNG, with packed bits, palettes and the transparent colour resolved. */
export function shadesOf(png: DecodedPng): Shades {
  const { data, channels, palette, depth, transparency } = png;
  const white = 2 ** depth - 1;
  const sample = depth < 8 ? packed(png) : (at: number): number => data[at] ?? 0;
  if (palette && channels === 1) return fromPalette(palette, sample);
  const share = (at: number): number => sample(at) / white;
  const light =
    channels < 3
      ? (pixel: number): number => share(pixel * channels)
      : (pixel: number): number =>
          luminance(share(pixel * channels), share(pixel * channels + 1), share(pixel * channels + 2));
  if (channels % 2 === 0) return { light, alpha: (pixel) => share((pixel + 1) * channels - 1) };
  if (!transparency) return { light, alpha: undefined };
  const isTransparent = (pixel: number): boolean => {
    for (let c = 0; c < channels; c++) if (sample(pixel * channels + c) !== transparency[c]) return false;
    return true;
  };
  return { light, alpha: (pixel) => (isTransparent(pixel) ? 0 : 1) };
}

/** Colours of 8 bits, with their opacity where the palette has it. A number beyond the palette is black. */
function fromPalette(palette: readonly (readonly number[])[], index: (at: number) => number): Shades {
  const shares = palette.map((colour) => colour.map((value) => value / 255));
  const lights = shares.map(([red = 0, green = 0, blue = 0]) => luminance(red, green, blue));
  const alphas = shares.map((colour) => colour[3] ?? 1);
  const light = (pixel: number): number => lights[index(pixel)] ?? 0;
  return { light, alpha: palette[0]?.length === 4 ? (pixel) => alphas[index(pixel)] ?? 1 : undefined };
}

/** Samples of 1, 2 or 4 bits; each row begins with a new byte. */
function packed({ data, width, depth }: DecodedPng): (pixel: number) => number {
  const rowBytes = Math.ceil((width * depth) / 8);
  return (pixel) => {
    const bit = (pixel % width) * depth;
    const byte = data[Math.floor(pixel / width) * rowBytes + (bit >> 3)] ?? 0;
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  };
}
