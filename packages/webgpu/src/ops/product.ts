/** Which kernel computes a product, by its sizes and by how its factors lie. */
import type { FusedActivation } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Launch } from "../encoder.ts";
import { Numbers } from "../numbers.ts";
import {
  activationNumbers,
  addParts,
  depth,
  type Product,
  plain,
  type Sharing,
  type Tile,
  tiled,
  workgroup,
} from "../wgsl/index.ts";

/** The name of a tile. */
export type TileName = "large" | "wide" | "small" | "tall" | "flat";

/** The tiles that there are. */
const tiles: Readonly<Record<TileName, Tile>> = {
  /** Much work for each thread: for large products. */
  large: { BM: 64, BN: 64, T: 8 },
  /** The same tile, by four times as many threads. */
  wide: { BM: 64, BN: 64, T: 4 },
  /** Small tiles, so that there are more of them. */
  small: { BM: 32, BN: 32, T: 4 },
  /** Few columns, as of ten classes. */
  tall: { BM: 64, BN: 16, T: 4 },
  /** Few rows. */
  flat: { BM: 16, BN: 64, T: 4 },
};

/** So many multiplications are done before a tile pays. */
const smallest = 2 ** 14;
/** From so many on, a product is worth to be tuned. */
const tunable = 2 ** 24;
/** Workgroups that keep a device busy. */
const enough = 64;
/** As much of k a workgroup takes at least, where k is split. */
const shortest = 128;
/** Rows or columns up to which a product has a narrow tile. */
const narrow = 16;
/** Rows or columns up to which a product is one of vectors. */
const fewRows = 4;
/** WebGPU's most workgroups along z. */
const mostLayers = 65535;

/** How to walk through a factor or a bias: where to start, and the strides, of z, of the other index, of k; of a bias those of z, m, n. */
export type Walk = readonly [start: number, z: number, o: number, k: number];

/** A product with its sizes. */
export interface Job {
  readonly product: Product;
  readonly sizes: { readonly Z: number; readonly M: number; readonly N: number; readonly K: number };
  readonly a: Numbers;
  readonly b: Numbers;
  readonly bias: Numbers;
  readonly walks: readonly [a: Walk, b: Walk, bias: Walk];
  readonly activation: FusedActivation | undefined;
  readonly output: Numbers;
  /** What the product's `params` are. */
  readonly more: readonly number[];
}

/** The bias of a product that has none: no numbers at all, for which the device puts a 0. */
export const noBias: Numbers = new Numbers(0);

/** The tile for a product's sizes, where none was found by trying. */
export function usualTile({ sizes: { Z, M, N } }: Job): TileName {
  if (N <= narrow) return "tall";
  if (M <= narrow) return "flat";
  const count = Z * Math.ceil(M / 64) * Math.ceil(N / 64);
  return count >= enough ? "large" : "small";
}

/** A product whose factors are read element by element: it is then all the same how they lie. */
const single = (product: Product): Product => ({
  ...product,
  a: { ...product.a, fours: false, alongK: true },
  b: { ...product.b, fours: false, alongK: true },
});

/** The numbers that every kernel of a job has. */
const numbersOf = ({ sizes: { M, N, K }, walks, activation }: Job): number[] => [
  ...[M, N, K],
  ...walks.flat(),
  activationNumbers.indexOf(activation),
];

/** Launches a product without tiles. */
function plainly(device: Device, job: Job, sharing: Sharing): void {
  const { product, a, b, bias, output, more } = job;
  const { Z, M, N } = job.sizes;
  device.launch({
    kernel: plain(single(product), sharing),
    inputs: [a, b, bias],
    outputs: [output],
    params: [Z * M * (sharing === "columns" ? Math.ceil(N / workgroup) : N), ...numbersOf(job), ...more],
  });
}

/** The launches for a product by tiles. The storage that they need on the way is given back behind them. */
export function byTiles<T>(device: Device, job: Job, name: TileName, use: (launches: readonly Launch[]) => T): T {
  const { product, a, b, bias, output, more } = job;
  const { Z, M, N, K } = job.sizes;
  const tile = tiles[name];
  const across = Math.ceil(N / tile.BN);
  const count = across * Math.ceil(M / tile.BM);
  // In parts of k, where there are few tiles, and many steps for each.
  const parts = Math.max(1, Math.floor(Math.min(enough / (Z * count), K / shortest)));
  const part = Math.ceil(K / parts / depth) * depth;
  const used = Math.ceil(K / part);
  const isFunction = product.a.element ?? product.b.element;
  const guarded = isFunction !== undefined || M % tile.BM !== 0 || N % tile.BN !== 0 || K % depth !== 0;
  const split = used > 1;
  const fours = N % 4 === 0 && (split || !product.place);
  const sums = split ? device.make(product.name, used * output.size) : output;
  const numbers = numbersOf(job);
  const main: Launch = {
    kernel: tiled(product, tile, guarded, fours, split),
    inputs: split ? [a, b] : [a, b, bias],
    outputs: [sums],
    params: [count, ...numbers, across, used, part, ...more],
    layers: Z * used,
  };
  if (!split) return use([main]);
  const addition: Launch = {
    kernel: addParts(product),
    inputs: [sums, bias],
    outputs: [output],
    params: [output.size, ...numbers, used, ...more],
  };
  const result = use([main, addition]);
  device.free(sums);
  return result;
}

/** Computes a product, `[z, m, n]`. */
export function multiply(device: Device, given: Omit<Job, "output">): Numbers {
  const { Z, M, N, K } = given.sizes;
  const { a, b, name } = given.product;
  const output = device.make(name, Z * M * N);
  const job: Job = { ...given, output };
  if (output.size === 0) return output;
  const isLarge = Math.min(M, N) > narrow && M * N * K >= tunable;
  if (output.size * K <= smallest || Z * enough > mostLayers) plainly(device, job, "thread");
  else if (M <= fewRows || N <= fewRows) {
    // Where k is what lies side by side in the large factor, a workgroup goes along it; else it goes across.
    const alongK = M <= N ? b.alongK : a.alongK;
    plainly(device, job, alongK ? "workgroup" : M <= N ? "columns" : "thread");
  } else if (device.tuner && isLarge) device.tuner(device, job);
  else {
    byTiles(device, job, usualTile(job), (launches) => {
      for (const launch of launches) device.launch(launch);
    });
  }
  return output;
}
