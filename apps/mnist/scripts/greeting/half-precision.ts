/** A model's weights as safetensors of float16: half the bytes, and three digits of each weight. */
import type { Module } from "@dlcc/layers";

/** The bits of the nearest float16, ties to even (IEEE 754). Weights are neither infinite nor NaN. */
function bitsOf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -14)));
  const step = 2 ** (exponent - 10);
  const steps = size / step;
  const even = Math.round(steps) - (steps % 1 === 0.5 && Math.round(steps) % 2 === 1 ? 1 : 0);
  const below = size < 2 ** -14;
  return sign | (below ? even : ((exponent + 14) << 10) + even);
}

/** The file, as `deserialize` of `@dlcc/io` reads it. */
export async function halfPrecision(model: Module): Promise<Uint8Array> {
  const header: Record<string, unknown> = {};
  const parts: number[] = [];
  for (const [name, value] of Object.entries(model.stateDict())) {
    const begin = 2 * parts.length;
    parts.push(...Array.from(await value.data(), bitsOf));
    header[name] = { dtype: "F16", shape: value.shape, data_offsets: [begin, 2 * parts.length] };
  }
  const text = JSON.stringify(header);
  const padded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const bytes = new Uint8Array(8 + padded.length + 2 * parts.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded.length), true);
  bytes.set(padded, 8);
  for (const [i, bits] of parts.entries()) view.setUint16(8 + padded.length + 2 * i, bits, true);
  return bytes;
}
