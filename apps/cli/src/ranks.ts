/**
 * `dlcc train`, started by a launcher such as `mpirun`: each process trains on its part of every minibatch, and the first one
 * prints, writes files and reads checkpoints for all. A process belongs to one world, from its start to its end; so that is
 * known here, and whoever does something that one rank alone should do asks.
 */
import { availableParallelism } from "node:os";
import { deserialize, serialize } from "@dlcc/io";
import { createWorld, MpiError, type World } from "@dlcc/mpi";
import type { CheckpointStore, Figures } from "@dlcc/train";

/** A world of one: what a command is that no launcher has started. */
const alone: Pick<World, "rank" | "size"> = { rank: 0, size: 1 };

let joined: World | undefined;

/** Joins the other ranks. @throws {MpiError} if a launcher has started the process, and its library can't be used. */
export async function joinWorld(): Promise<void> {
  const library = process.env.DLCC_MPI_LIBRARY;
  joined ??= await createWorld(library ? { library } : {});
}

/** Waits for the other ranks, at the end of a command that all of them came to. */
export async function leaveWorld(): Promise<void> {
  await joined?.close();
  joined = undefined;
}

/** The ranks of this run. @throws {Error} if they have not been joined. */
export function world(): World {
  if (!joined) throw new Error("ranks: the world must have been joined: dlcc train does it");
  return joined;
}

/** Whether this process does what one rank does for all: it prints, and writes files. */
export const isFirst = (): boolean => (joined ?? alone).rank === 0;

/** Whether there are others. */
export const isShared = (): boolean => (joined ?? alone).size > 1;

/** For people: `4, Open MPI 4.1.4`; undefined for a process on its own. */
export function ranksTitle(): string | undefined {
  if (!joined || joined.size === 1) return undefined;
  const machines = new Set(joined.hosts).size;
  return `${joined.size}, ${joined.library}${machines > 1 ? `, on ${machines} machines` : ""}`;
}

/** Such as ` rank 1 of 4:`, before an error. */
export const rankPrefix = (): string => (joined && joined.size > 1 ? ` rank ${joined.rank} of ${joined.size}:` : "");

/** More threads of one process gain little: as the backends have it. */
const mostThreads = 4;

/** How many threads each of several ranks of a machine computes with, unless it is told; undefined for a process on its own. */
export function threadsOfRank(): number | undefined {
  if (!joined || joined.size === 1) return undefined;
  const here = joined.hosts.filter((host) => host === joined?.hosts[joined.rank]).length;
  return Math.min(mostThreads, Math.max(1, Math.floor(availableParallelism() / here)));
}

/** An error that all ranks have, such as a file that is missing, is said by the first alone: it ends the others meanwhile. */
const headStart = 1000;

/** Gives the first rank the time to say it. */
export const letFirstSpeak = async (): Promise<void> => {
  if (!isFirst()) await new Promise((resolve) => setTimeout(resolve, headStart));
};

/** The bytes of the first rank, on all of them. */
function bytesOfFirst(own: Uint8Array): Uint8Array {
  const length = new Float64Array([own.length]);
  world().broadcast(length);
  const bytes = isFirst() ? own : new Uint8Array(length[0] ?? 0);
  world().broadcast(bytes);
  return bytes;
}

/**
 * Ranks with other data or options would each take steps of their own, and nobody would hear of it.
 *
 * @param own What must be the same, as plain data.
 * @throws {MpiError} on a rank that has something else than the first one; the message names the difference.
 */
export function assertSameRun(own: Readonly<Record<string, unknown>>): void {
  const text = JSON.stringify(own);
  const first = new TextDecoder().decode(bytesOfFirst(new TextEncoder().encode(text)));
  if (first === text) return;
  const [here, there] = [text, first].map((json) => JSON.parse(json) as Record<string, unknown>);
  for (const name of Object.keys({ ...there, ...here })) {
    const [was, is] = [there?.[name], here?.[name]].map((value) => JSON.stringify(value) ?? "none");
    if (was !== is) throw new MpiError(`all ranks must have the same ${name}, got ${was} on rank 0, and ${is} here`);
  }
}

/** The figures of the first rank, on all of them: decisions that follow must be the same. */
export function sameFigures(figures: Figures): Figures {
  const names = Object.keys(figures.metrics);
  const numbers = new Float64Array([
    figures.loss,
    figures.examples,
    ...names.map((name) => figures.metrics[name] ?? 0),
  ]);
  world().broadcast(numbers);
  const [loss = 0, examples = 0, ...values] = numbers;
  return { loss, examples, metrics: Object.fromEntries(names.map((name, i) => [name, values[i] ?? 0])) };
}

/** A store of which the first rank alone writes and reads: the others get what it has read. */
export function sharedStore(store: CheckpointStore): CheckpointStore {
  if (!isShared()) return store;
  return {
    write: async (checkpoint) => {
      if (isFirst()) await store.write(checkpoint);
    },
    async read() {
      const found = isFirst() ? await store.read() : undefined;
      const bytes = bytesOfFirst(found ? await serialize(found.tensors, found.metadata) : new Uint8Array(0));
      if (isFirst()) return found;
      return bytes.length === 0 ? undefined : deserialize(bytes);
    },
  };
}
