import { wrap } from "@dlcc/testing";

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** The nearest number of 8 bits of significand, as a bfloat16 has; of two that are as near, the even one. */
export function toBfloat16(value) {
  floats[0] = value;
  if (!Number.isFinite(value)) return value;
  bits[0] = (bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) & 0xffff0000;
  return floats[0];
}

/**
 * A backend that computes with another one, and keeps each result as bfloat16, as accelerators do. It counts the numbers
 * that it has rounded.
 */
export function bfloat16(backend) {
  const rounding = wrap(backend, (call, run) => {
    const storages = run(call.inputs);
    for (const storage of storages) {
      if (!(storage instanceof Float32Array)) continue; // on cpu, a storage is a typed array
      for (let i = 0; i < storage.length; i++) storage[i] = toBfloat16(storage[i]);
      result.rounded += storage.length;
    }
    return storages;
  });
  const result = { ...rounding, name: "bfloat16", rounded: 0 };
  return result;
}
