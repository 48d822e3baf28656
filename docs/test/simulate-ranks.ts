/**
 * What a step takes on many ranks: a model of cost, played through message by message.
 *
 * A rank computes its part of the minibatch: c milliseconds for each example, and a fixed part that each step has. Then gradients
 * of n bytes are added up, by the algorithm of Rabenseifner (Thakur, Rabenseifner & Gropp 2005): log₂ R rounds in which pairs
 * swap halves, quarters, …, and the same way back. A message of m bytes takes α + m / β, from when both have come. A rank is
 * somewhat slower in one step than in another; each pair waits for the slower one, and at the end all for the slowest.
 *
 * Where there are c > 1 ranks for each core, they share it: what takes t alone takes c t. And the system lets a rank that waits for
 * a message have the core again only after the c − 1 others on it have had their time slice; so each round takes that, too.
 */
import { Generator, normal } from "@dlcc/tensor";

/** What connects ranks. */
export interface Network {
  /** α: milliseconds of a message of no bytes. */
  readonly latency: number;
  /** β: bytes in a millisecond. */
  readonly bandwidth: number;
}

/** What each rank does. */
export interface Work {
  /** Milliseconds of a step that do not depend on the number of examples. */
  readonly fixed: number;
  /** Milliseconds of an example, on one core. */
  readonly perExample: number;
  /** Bytes of the gradients. */
  readonly bytes: number;
  /** The standard deviation of a step's time, as a share of it. */
  readonly spread: number;
}

const steps = 50;

/**
 * The shortest time slice of Linux, in milliseconds: 0.7 (1 + log₂ cores), of 8 cores at most. Source: kernel/sched/fair.c,
 * `sysctl_sched_base_slice` and `get_update_sysctl_factor`; older kernels have 0.75.
 */
export const sliceOf = (cores: number): number => 0.7 * (1 + Math.floor(Math.log2(Math.min(8, cores))));

/** The mean time of a step, in milliseconds. @param cores How many cores the ranks share, or have threads on; by default each has one. */
export function simulate(ranks: number, batch: number, work: Work, network: Network, cores: number = ranks): number {
  const random = new Generator(1);
  const crowd = Math.max(1, ranks / cores);
  const threads = Math.max(1, cores / ranks);
  const compute = crowd * (work.fixed + (work.perExample * batch) / (ranks * threads));
  let total = 0;
  for (let step = 0; step < steps; step++) {
    let times = Array.from({ length: ranks }, () => compute * (1 + work.spread * Math.abs(normal(random))));
    for (const { distance, bytes } of rounds(ranks, work.bytes)) {
      const cost = crowd * (network.latency + bytes / network.bandwidth) + (crowd - 1) * sliceOf(cores);
      times = times.map((time, rank) => Math.max(time, times[rank ^ distance] ?? 0) + cost);
    }
    total += Math.max(...times);
  }
  return total / steps;
}

/** The messages of an all-reduce: with whom, and how many bytes. @param ranks A power of two. */
function rounds(ranks: number, bytes: number): { readonly distance: number; readonly bytes: number }[] {
  const there: { distance: number; bytes: number }[] = [];
  for (let distance = 1, part = bytes / 2; distance < ranks; distance *= 2, part /= 2)
    there.push({ distance, bytes: part });
  return [...there, ...there.toReversed()];
}
