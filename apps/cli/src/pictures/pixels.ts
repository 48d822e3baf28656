import { convertIndexedToRgb, type DecodedPng } from "fast-png";

/** Pixels in colour, each `channels` numbers of 0..1: gray; gray, alpha; red, green, blue; or these and alpha. */
export interface Pixels {
  readonly values: Float32Array;
  readonly channels: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of a decoded PNG, with packed bits, palettes and the transparent colour resolved. */
export function expand(png: DecodedPng): Pixels {
  const { width, height, depth, channels, palette, transparency } = png;
  if (palette && channels === 1) {
    const bytes = convertIndexedToRgb(png);
    return { values: new Float32Array(bytes).map((v) => v / 255), channels: palette[0]?.length ?? 3, width, height };
  }
  const samples = depth < 8 ? unpack(png) : png.data;
  const white = 2 ** depth - 1;
  if (!transparency) return { values: new Float32Array(samples).map((v) => v / white), channels, width, height };
  const values = new Float32Array(width * height * (channels + 1));
  for (let i = 0; i < width * height; i++) {
    let seen = false;
    for (let c = 0; c < channels; c++) {
      const sample = samples[i * channels + c] ?? 0;
      if (sample !== transparency[c]) seen = true;
      values[i * (channels + 1) + c] = sample / white;
    }
    values[i * (channels + 1) + channels] = seen ? 1 : 0;
  }
  return { values, channels: channels + 1, width, height };
}

/** Gray samples of 1, 2 or 4 bits; each row begins with a new byte. */
function unpack({ data, width, height, depth }: DecodedPng): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let i = 0; i < samples.length; i++) {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * rowBytes + (bit >> 3)] ?? 0;
    samples[i] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  }
  return samples;
}
