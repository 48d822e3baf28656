/**
 * The weights beside a model.json: the manifest says which numbers lie where. The parts of a group are one run of bytes,
 * little-endian, without gaps, in the order of the manifest.
 *
 * Source: tensorflow/tfjs, `WeightsManifestConfig` and `decodeWeights`.
 */
import { quoted } from "@dlcc/tensor";
import { failure } from "../error.ts";
import { entry, list, type Values } from "../values.ts";

/** How many bytes a number of each dtype takes; the quantized ones stand for floats. */
const widths: Readonly<Record<string, number>> = { float32: 4, int32: 4, uint8: 1, uint16: 2, float16: 2, bool: 1 };

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  /** The dtype of the bytes. */
  readonly dtype: string;
  readonly scale: number;
  readonly min: number;
  readonly bytes: number;
}

const fail = failure("importTfjs");

function specOf(value: unknown): Spec {
  const [name, shape, dtype, quantization] = ["name", "shape", "dtype", "quantization"].map((key) => entry(value, key));
  const stored = String(entry(quantization, "dtype") ?? dtype);
  const [scale, min] = [Number(entry(quantization, "scale") ?? 1), Number(entry(quantization, "min") ?? 0)];
  const width = Object.hasOwn(widths, stored) ? widths[stored] : undefined;
  const lengths = list(shape);
  const good =
    typeof name === "string" && Array.isArray(shape) && lengths.every((n) => Number.isSafeInteger(n) && Number(n) >= 0);
  if (!good || width === undefined || !Number.isFinite(scale) || !Number.isFinite(min)) {
    return fail(
      `each weight of the manifest must have a name, a shape and a dtype of ${Object.keys(widths).join(", ")}, got ${quoted(value)}`,
    );
  }
  const counts = lengths.map(Number);
  return { name, shape: counts, dtype: stored, scale, min, bytes: counts.reduce((product, n) => product * n, width) };
}

/** What reads a part of the weights by its path beside model.json. */
export type ReadShard = (path: string) => Promise<Uint8Array>;

/** All weights by name. No more memory is taken than the files have. */
export async function readWeights(manifest: unknown, read: ReadShard): Promise<Map<string, Values>> {
  const weights = new Map<string, Values>();
  if (!Array.isArray(manifest)) return fail(`weightsManifest must be a list of groups, got ${quoted(manifest)}`);
  for (const group of manifest) {
    const specs = list(entry(group, "weights")).map(specOf);
    const size = specs.reduce((sum, { bytes }) => sum + bytes, 0);
    const parts: Uint8Array[] = [];
    for (const path of list(entry(group, "paths"))) parts.push(await read(safePath(path)));
    const found = parts.reduce((sum, part) => sum + part.length, 0);
    if (found !== size) return fail(`the files of a group must have ${size} bytes, as the manifest says, got ${found}`);
    const whole = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    at = 0;
    for (const spec of specs) {
      if (weights.has(spec.name)) return fail(`names of weights must differ, got ${quoted(spec.name)} twice`);
      weights.set(spec.name, { shape: spec.shape, data: decoded(whole.slice(at, at + spec.bytes).buffer, spec) });
      at += spec.bytes;
    }
  }
  return weights;
}

/** A path that stays beside model.json: a file has no say in what else is read. */
function safePath(path: unknown): string {
  const parts = typeof path === "string" ? path.split("/") : [];
  const good = parts.length > 0 && !/[\\:?#\0]/.test(String(path)) && !parts.includes("..") && parts[0] !== "";
  return good ? String(path) : fail(`paths of weights must stay beside model.json, got ${quoted(path)}`);
}

/** Half precision: 1 bit of sign, 5 of exponent, 10 of fraction. Source: IEEE 754-2008, binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

function decoded(buffer: ArrayBuffer, { dtype, scale, min }: Spec): Float32Array {
  if (dtype === "float32") return new Float32Array(buffer);
  if (dtype === "float16") return Float32Array.from(new Uint16Array(buffer), halfToNumber);
  const numbers =
    dtype === "uint16" ? new Uint16Array(buffer) : dtype === "int32" ? new Int32Array(buffer) : new Uint8Array(buffer);
  return Float32Array.from(numbers, (n) => n * scale + min);
}
