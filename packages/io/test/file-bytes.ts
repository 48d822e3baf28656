/** Safetensors files made by hand, after the format's description. */

/** The length of the header in eight bytes, the header, the data. */
export function fileBytes(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  return Uint8Array.from([...littleEndian(json.length), ...json, ...Array.from(data)]);
}

const littleEndian = (n: number): number[] => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24, 0, 0, 0, 0];

/** A tensor's description in a header. */
export interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly number[];
}

export const entry = (dtype: string, shape: readonly number[], begin: number, end: number): Entry => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
