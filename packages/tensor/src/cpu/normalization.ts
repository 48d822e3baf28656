/** Normalization of channels on cpu: `[n, c, s]`, where a channel is a row of `s` elements in each of `n` blocks. */
import type { Kernel } from "../backend.ts";
import type { TypedArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { inOrder } from "./fused.ts";
import { newStorage } from "./spare.ts";

/** The lengths of the axes. */
type Channels = readonly [n: number, channels: number, length: number];

/** Calls back with the two ends of each row of a channel. */
function forEachRow(
  [n, channels, length]: Channels,
  channel: number,
  visit: (start: number, end: number) => void,
): void {
  for (let i = 0; i < n; i++) {
    const start = (i * channels + channel) * length;
    visit(start, start + length);
  }
}

/** What of a channel's moments its elements are divided by: `1 / √(variance + ε)`. */
const inverse = (moments: TypedArray, channel: number, channels: number, epsilon: number): number =>
  1 / Math.sqrt(moments[channels + channel]! + epsilon);

/** Mean and variance of each channel. */
export const channelMoments: Kernel<"channelMoments"> = (_, [x]) => {
  const shape = x.shape as unknown as Channels;
  const [n, channels, length] = shape;
  const data = inOrder(x);
  const out = newStorage(x.dtype, 2 * channels);
  for (let c = 0; c < channels; c++) {
    let total = 0;
    forEachRow(shape, c, (start, end) => {
      for (let i = start; i < end; i++) total += data[i]!;
    });
    const mean = total / (n * length);
    let squares = 0;
    forEachRow(shape, c, (start, end) => {
      for (let i = start; i < end; i++) squares += (data[i]! - mean) ** 2;
    });
    out[c] = mean;
    out[channels + c] = squares / (n * length);
  }
  return [out];
};

/** `(x − mean) / √(variance + ε) · weight + bias`. */
export const channelNorm: Kernel<"channelNorm"> = ({ epsilon }, [x, moments, weight, bias]) => {
  const shape = x.shape as unknown as Channels;
  const channels = shape[1];
  const [data, m] = [inOrder(x), inOrder(moments)];
  const [w, b] = [weight && inOrder(weight), bias && inOrder(bias)];
  const out = newStorage(x.dtype, sizeOf(shape));
  for (let c = 0; c < channels; c++) {
    const [mean, scale, shift] = [m[c]!, inverse(m, c, channels, epsilon) * (w?.[c] ?? 1), b?.[c] ?? 0];
    forEachRow(shape, c, (start, end) => {
      for (let i = start; i < end; i++) out[i] = (data[i]! - mean) * scale + shift;
    });
  }
  return [out];
};

/** `Σ gradient` and `Σ gradient · x̂`. */
export const channelNormSums: Kernel<"channelNormSums"> = ({ epsilon }, [gradient, x, moments]) => {
  const shape = x.shape as unknown as Channels;
  const channels = shape[1];
  const [g, data, m] = [inOrder(gradient), inOrder(x), inOrder(moments)];
  const out = newStorage(x.dtype, 2 * channels);
  for (let c = 0; c < channels; c++) {
    const mean = m[c]!;
    let [sum, products] = [0, 0];
    forEachRow(shape, c, (start, end) => {
      for (let i = start; i < end; i++) {
        sum += g[i]!;
        products += g[i]! * (data[i]! - mean);
      }
    });
    out[c] = sum;
    out[channels + c] = products * inverse(m, c, channels, epsilon);
  }
  return [out];
};

/** What `channelNorm` passes back: the gradient less what of it the mean and the variance take away. */
export const channelNormGradient: Kernel<"channelNormGradient"> = (
  { epsilon },
  [gradient, x, moments, sums, weight],
) => {
  const shape = x.shape as unknown as Channels;
  const [n, channels, length] = shape;
  const [g, data, m, s] = [inOrder(gradient), inOrder(x), inOrder(moments), inOrder(sums)];
  const w = weight && inOrder(weight);
  const out = newStorage(x.dtype, sizeOf(shape));
  for (let c = 0; c < channels; c++) {
    const [mean, r] = [m[c]!, inverse(m, c, channels, epsilon)];
    const scale = r * (w?.[c] ?? 1);
    const [shift, slope] = [s[c]! / (n * length), (s[channels + c]! / (n * length)) * r];
    forEachRow(shape, c, (start, end) => {
      for (let i = start; i < end; i++) out[i] = (g[i]! - shift - (data[i]! - mean) * slope) * scale;
    });
  }
  return [out];
};
