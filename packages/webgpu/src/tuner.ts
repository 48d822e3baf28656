/** Finds the tile with which this device multiplies fastest, by trying: once for each class of shapes. */
import type { Device } from "./device.ts";
import { byTiles, type Job, type TileName, usualTile } from "./ops/product.ts";
import { keyOf } from "./wgsl/index.ts";

/** What is tried. */
const candidates: readonly TileName[] = ["large", "wide", "small"];
/** How often each candidate runs for a measurement. */
const repeats = 3;

/** What was found, for each adapter and class of shapes: a second backend in a page need not look again. */
const found: Map<string, Promise<TileName>> = new Map();

/** Shapes within a factor of 2 are one class. */
const classOf = ({ product, sizes: { Z, M, N, K } }: Job): string =>
  [keyOf(product), ...[Z, M, N, K].map((length) => Math.round(Math.log2(length)))].join(" ");

/** Asks for a product with the tile that is best for its class, which is looked for when there is none yet. */
export type Tuner = (device: Device, job: Job) => void;

/** Tunes the products of an adapter's devices. */
export const tunerOf =
  (adapter: string): Tuner =>
  (device, job) =>
    device.choose(job.product.name, [job.a, job.b, job.bias], [job.output], async () => {
      const key = `${adapter}, ${classOf(job)}`;
      const known = found.get(key) ?? fastest(device, job);
      found.set(key, known);
      return byTiles(device, job, await known, (launches) => launches);
    });

async function fastest(device: Device, job: Job): Promise<TileName> {
  let best = { name: usualTile(job), time: Number.POSITIVE_INFINITY };
  for (const name of candidates) {
    try {
      const launches = byTiles(device, job, name, (all) => all);
      await device.measure(launches, 1); // Compiles it.
      const time = await device.measure(launches, repeats);
      if (time < best.time) best = { name, time };
    } catch {
      // A candidate that a device refuses is none.
    }
  }
  return best.name;
}
