/**
 * The numbers that every contender works on. They are a recipe, not data: each builds the same arrays from it, to the
 * last bit, so nothing large goes through the pipes. `contenders/pytorch.py` has its twin.
 */
import { type LayerCase, layers, type ProductCase, type Sizes, sizesOf } from "./cases.ts";
import { classes, type Network, type ParameterShape, parametersOf, pixels } from "./networks.ts";

/** Which array of the recipe. Parameters count on from the last. */
const seeds = { a: 1, b: 2, x: 3, left: 4, right: 5, parameters: 6 } as const;

/**
 * Numbers between `low` and `high`: element i is a hash of the seed and i, so that NumPy can make them without a loop.
 * The hash is the finalizer of MurmurHash3 (Appleby, public domain); its upper 24 bits make the number.
 */
export function uniform(seed: number, length: number, low: number, high: number): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    let h = (Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    values[i] = low + (high - low) * ((h >>> 8) / 2 ** 24);
  }
  return values;
}

/** The two factors, n × n, between −1 and 1. */
export const factors = (n: number): { a: Float32Array; b: Float32Array } => ({
  a: uniform(seeds.a, n * n, -1, 1),
  b: uniform(seeds.b, n * n, -1, 1),
});

/** The product of a layer: rows of inputs, and weights or what comes back to the outputs. */
export interface Layer {
  /** `[batch, 784]` */
  readonly x: Float32Array;
  /** `[128, 784]`, for `x Wᵀ`; or `[batch, 128]`, for `δᵀ x`. */
  readonly other: Float32Array;
}

export const layer = ({ pass, batch }: LayerCase): Layer => ({
  x: uniform(seeds.a, batch * layers.inputs, -1, 1),
  other: uniform(seeds.b, (pass === "forward" ? layers.inputs : batch) * layers.hidden, -1, 1),
});

/** Both operands of a product as plain row-major matrices, m × k and k × n. */
export function operands(c: ProductCase): { a: Float32Array; b: Float32Array } {
  if (c.kind === "matmul") return factors(c.n);
  const { x, other } = layer(c);
  return c.pass === "forward"
    ? { a: x, b: transposed(other, layers.hidden, layers.inputs) }
    : { a: transposed(other, c.batch, layers.hidden), b: x };
}

/** A parameter as it is before training. */
export interface Initial extends ParameterShape {
  readonly values: Float32Array;
}

/** A network before training, and the one minibatch that it is trained on. */
export interface Training {
  readonly network: Network;
  readonly batch: number;
  /** `[batch, 784]`, with a norm like that of an image of a digit. */
  readonly x: Float32Array;
  /** `[batch]`, 0 to 9. */
  readonly labels: Int32Array;
  /** Of each layer weight and bias, in order, as PyTorch lays them. */
  readonly parameters: readonly Initial[];
}

export const training = (network: Network, batch: number): Training => ({
  network,
  batch,
  x: uniform(seeds.x, batch * pixels, 0, 0.5),
  labels: Int32Array.from({ length: batch }, (_, i) => (7 * i) % classes),
  parameters: parametersOf(network).map(({ shape, fanIn }, i) => {
    const bound = 1 / Math.sqrt(fanIn);
    const size = shape.reduce((product, length) => product * length, 1);
    return { shape, fanIn, values: uniform(seeds.parameters + i, size, -bound, bound) };
  }),
});

/** The labels as rows with a single 1: `[batch, 10]`. */
export function oneHot({ labels, batch }: Training): Float32Array {
  const rows = new Float32Array(batch * classes);
  labels.forEach((label, i) => {
    rows[i * classes + label] = 1;
  });
  return rows;
}

/** For the libraries that keep weights as `[in, out]`. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j] as number;
  }
  return result;
}

/** The random vectors that a product is checked with: one for its rows, one for its columns. */
export const probes = ({ m, n }: Sizes): { left: Float32Array; right: Float32Array } => ({
  left: uniform(seeds.left, m, -1, 1),
  right: uniform(seeds.right, n, -1, 1),
});

/** What makes the checksum of a right product about 1 in size: the inverse of its standard deviation. */
export const checksumScale = ({ m, n, k }: Sizes): number => 9 / Math.sqrt(m * n * k);

/**
 * `left · C · right` for two random vectors: a wrong, transposed or misplaced element changes it (Freivalds 1977). It is
 * scaled to about 1, so that one tolerance fits all sizes.
 */
export function checksum(c: ProductCase, product: ArrayLike<number>): number {
  const sizes = sizesOf(c);
  const { m, n } = sizes;
  if (product.length !== m * n) throw new Error(`the product has ${product.length} elements, not ${m * n}`);
  const { left, right } = probes(sizes);
  let total = 0;
  for (let i = 0; i < m; i++) {
    let row = 0;
    for (let j = 0; j < n; j++) row += (product[i * n + j] as number) * (right[j] as number);
    total += row * (left[i] as number);
  }
  return total * checksumScale(sizes);
}
