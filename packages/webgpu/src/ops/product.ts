/** Which kernel computes a product, by its sizes and by how its factors lie. */
import type { FusedActivation } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Launch } from "../encoder.ts";
import { Numbers } from "../numbers.ts";
import { addParts, plain, type Sharing } from "../wgsl/plain.ts";
import { activationNumbers, type Product } from "../wgsl/product.ts";
import { depth, type Tile, tiled } from "../wgsl/tile.ts";

/** The name of a tile. */
export type TileName = "large" | "wide" | "small" | "tall" | "flat";

/** The tiles that there are. */
const tiles: Readonly<Record<TileName, Tile>> = {
  /** Much work for each thread: for large products. */
  large: { BM: 64, BN: 64, TM: 8, TN: 8 },
  /** The same tile, by four times as many threads. */
  wide: { BM: 64, BN: 64, TM: 4, TN: 4 },
  /** Small tiles, so that there are more of them. */
  small: { BM: 32, BN: 32, TM: 4, TN: 4 },
  /** Few columns, as of ten classes. */
  tall: { BM: 64, BN: 16, TM: 4, TN: 4 },
  /** Few rows. */
  flat: { BM: 16, BN: 64, TM: 4, TN: 4 },
};

/** So many multiplications are done before a tile pays. */
const smallest = 2 ** 14;
/** From so many on, a product is worth to be tuned. */
const tunable = 2 ** 24;
/** Workgroups that keep a device busy. */
const enough = 64;
/** As much of k a workgroup takes at least, where k is split. */
const shortest = 128;
/** Rows or columns up to which a product is one of vectors. */
const fewRows = 4;
/** WebGPU's most workgroups along z. */
const mostLayers = 65535;

/** A product with its sizes. */
export interface Job {
  readonly product: Product;
  readonly sizes: { readonly Z: number; readonly M: number; readonly N: number; readonly K: number };
  readonly a: Numbers;
  readonly b: Numbers;
  readonly bias: Numbers | undefined;
  readonly activation: FusedActivation | undefined;
  readonly output: Numbers;
  /** Where to start and the strides: of A (z, m, k) and of B (z, n, k), of the bias and of C (both z, m, n). */
  readonly walks: Readonly<Record<"a" | "b" | "bias" | "c", readonly [number, number, number, number]>>;
  /** What the product's `params` are. */
  readonly more: readonly number[];
}

/** Whether the results lie so that vectors can be written. */
function writesFours({ product, sizes, walks }: Job): boolean {
  const [start, z, m, n] = walks.c;
  return !product.place && n === 1 && [sizes.N, start, z, m].every((length) => length % 4 === 0);
}

/** The tile for a product's sizes, where none was found by trying. */
export function usualTile({ sizes: { Z, M, N } }: Job): TileName {
  if (N <= 16) return "tall";
  if (M <= 16) return "flat";
  const count = Z * Math.ceil(M / 64) * Math.ceil(N / 64);
  return count >= enough ? "large" : "small";
}

/** In how many parts to take k: where there are few tiles, and many steps for each. */
function partsFor({ sizes: { Z, M, N, K } }: Job, { BM, BN }: Tile): number {
  const count = Z * Math.ceil(M / BM) * Math.ceil(N / BN);
  return Math.max(1, Math.min(Math.floor(enough / count), Math.floor(K / shortest)));
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
  ...[walks.a, walks.b, walks.bias, walks.c].flat(),
  activationNumbers.indexOf(activation),
];

/** The bias of a job that has none: no numbers at all, for which the device puts a 0. */
const none = new Numbers(0);

function plainLaunch(job: Job, sharing: Sharing): readonly Launch[] {
  const { product, sizes, a, b, bias = none, output, more } = job;
  const { Z, M, N } = sizes;
  const count = sharing === "columns" ? Z * M * Math.ceil(N / 64) : Z * M * N;
  return [
    {
      kernel: plain(single(product), sharing),
      inputs: [a, b, bias],
      outputs: [output],
      params: [count, ...numbersOf(job), ...more],
    },
  ];
}

/** The launches for a product by tiles. `make` gives a storage for parts of sums. */
function tiledLaunches(job: Job, name: TileName, make: (size: number) => Numbers): readonly Launch[] {
  const { product, sizes, a, b, bias = none, output, more } = job;
  const { Z, M, N, K } = sizes;
  const tile = tiles[name];
  const { BM, BN } = tile;
  const parts = partsFor(job, tile);
  const part = Math.ceil(K / parts / depth) * depth;
  const used = Math.ceil(K / part);
  const isFunction = product.a.element !== undefined || product.b.element !== undefined;
  const guarded = isFunction || M % BM !== 0 || N % BN !== 0 || K % depth !== 0;
  const across = Math.ceil(N / BN);
  const count = across * Math.ceil(M / BM);
  const split = used > 1;
  const sums = split ? make(used * Z * M * N) : output;
  const fours = split ? N % 4 === 0 : writesFours(job);
  const numbers = numbersOf(job);
  const main: Launch = {
    kernel: tiled(product, tile, guarded, fours, split),
    inputs: split ? [a, b] : [a, b, bias],
    outputs: [sums],
    params: [count, ...numbers, across, used, part, ...more],
    layers: Z * used,
  };
  if (!split) return [main];
  const addition: Launch = {
    kernel: addParts(product),
    inputs: [sums, bias],
    outputs: [output],
    params: [Z * M * N, ...numbers, used, ...more],
  };
  return [main, addition];
}

/** Asks for a product. */
export function multiply(device: Device, job: Job): void {
  const { Z, M, N, K } = job.sizes;
  const { a, b } = job.product;
  if (Z * M * N === 0) return;
  const usual = usualTile(job);
  const isLarge = usual !== "tall" && usual !== "flat" && M * N * K >= tunable;
  const run = (launches: readonly Launch[]): void => {
    for (const launch of launches) device.launch(launch);
  };
  if (Z * M * N * K <= smallest || Z * enough > mostLayers) run(plainLaunch(job, "thread"));
  else if (M <= fewRows || N <= fewRows) {
    // Where k is what lies side by side in the large factor, a workgroup goes along it; else it goes across.
    const alongK = M <= N ? b.alongK : a.alongK;
    run(plainLaunch(job, alongK ? "workgroup" : M <= N ? "columns" : "thread"));
  } else if (device.tuner && isLarge) device.tuner.choose(device, job);
  else withParts(device, job, usual, run);
}

/** The launches for a product by tiles. The storages that they need on the way are given back behind them. */
export function withParts<T>(device: Device, job: Job, name: TileName, use: (launches: readonly Launch[]) => T): T {
  const parts: Numbers[] = [];
  const launches = tiledLaunches(job, name, (size) => {
    const numbers = device.make(job.product.name, size);
    parts.push(numbers);
    return numbers;
  });
  const result = use(launches);
  for (const numbers of parts) device.free(numbers);
  return result;
}
