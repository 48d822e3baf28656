/** The ranks of a program, and what they can do together. */

import { readlinkSync, writeSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { ArgumentError } from "@dlcc/tensor";
import type { Mpi, Reduction, Request, Type } from "./bind.ts";
import { MpiError } from "./error.ts";
import type { Opener } from "./foreign.ts";
import { type Patience, type Peer, sleep, waitAsync, waitFor } from "./wait.ts";

/** What travels: host arrays, or windows of WebAssembly's memory. */
export type Values = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A call that was begun. */
export interface Pending {
  /** Waits until it is done. */
  wait(): void;
}

/**
 * The processes that a launcher has started as one program, as each of them sees it. All ranks must call the same methods in
 * the same order, with arrays of the same type and length: each call meets the others'.
 *
 * @example
 * ```ts
 * import { createWorld } from "@dlcc/mpi";
 *
 * const world = await createWorld();
 * const sum = new Float64Array([world.rank, 1]);
 * world.allReduce(sum); // of all ranks
 * console.log(sum[1] === world.size); // → true
 * await world.close();
 * ```
 */
export interface World {
  /** Which of the processes this is, from 0. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
  /** The library, such as `Open MPI 4.1.4`; `none` for a world of one that no launcher has started. */
  readonly library: string;
  /** The names of the machines, rank by rank. */
  readonly hosts: readonly string[];
  /** Adds up each element over the ranks, in place: all have the result. @param reduction `sum` by default. */
  allReduce(values: Values, reduction?: Reduction): void;
  /** The same, begun: it goes on while the program does other work. The array must not be touched until `wait` returns. */
  beginAllReduce(values: Values, reduction?: Reduction): Pending;
  /** The values of rank `root` come to all, in place. Default: of rank 0. */
  broadcast(values: Values, root?: number): void;
  /** The arrays of all ranks, in their order, on rank `root` alone; undefined on the others. Default: on rank 0. */
  gather<V extends Values>(values: V, root?: number): V[] | undefined;
  /** The arrays of all ranks, in their order, on all of them. */
  allGather<V extends Values>(values: V): V[];
  /** Part r of the array, of as many equal ones as there are ranks, goes to rank r: returns those that came here, by ranks. */
  allToAll<V extends Values>(values: V): V;
  /** Waits until all ranks have come here. Meanwhile the program goes on: timers and signals have their turn. */
  barrier(): Promise<void>;
  /** Ends all ranks at once, with a line on standard error that names this one. Nothing comes after it. */
  abort(reason: string, code?: number): never;
  /** Waits for all ranks, and leaves the world. Call it last: nothing else can be called then. */
  close(): Promise<void>;
}

/** A world of one, which needs no library. */
export function alone(): World {
  return {
    rank: 0,
    size: 1,
    library: "none",
    hosts: [hostname()],
    allReduce: () => {},
    beginAllReduce: () => ({ wait: () => {} }),
    broadcast: () => {},
    gather: (values) => [values.slice() as typeof values],
    allGather: (values) => [values.slice() as typeof values],
    allToAll: (values) => values.slice() as typeof values,
    barrier: async () => {},
    abort: (reason, code = 1) => {
      writeSync(2, `dlcc: ${reason}\n`);
      process.exit(code);
    },
    close: async () => {},
  };
}

/** How an array travels. Bytes only move; they are not added up. */
function typeOf(values: Values): Type {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof Int32Array) return "int32";
  if (values instanceof Uint8Array) return "byte";
  throw new ArgumentError(
    `World: values must be a Float32Array, Float64Array, Int32Array or Uint8Array, got ${(values as object | undefined)?.constructor?.name ?? String(values)}`,
  );
}

/** Bytes of the text by which ranks introduce themselves. */
const cardBytes = 256;

/** Where this process is, as a text that tells machines and containers apart, and its number there. */
function card(): string {
  let namespace = "";
  try {
    namespace = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Not Linux: the name tells.
  }
  return JSON.stringify({ host: hostname().slice(0, cardBytes / 2), namespace, pid: process.pid });
}

/** For so long it asks without a pause, in milliseconds: where each rank has a core, and where it has not. */
const [spinAlone, spinCrowded] = [2, 0.02];

/** Who ends without close() is given so long for the others to end, too, in milliseconds. */
const leaveTimeout = 3000;
/** The last words of a rank have so long to reach the terminal, in milliseconds. */
const abortDelay = 200;

/** The world of a library that was started. @param timeout How long to wait for others, in seconds. */
export class Ranks implements World {
  readonly rank: number;
  readonly size: number;
  readonly library: string;
  readonly hosts: readonly string[];
  readonly #mpi: Mpi;
  readonly #address: Opener["address"];
  readonly #patience: Patience;
  readonly #held = new Set<unknown>();
  #error: unknown;
  #closed = false;

  constructor(mpi: Mpi, { address }: Opener, timeout: number) {
    this.#mpi = mpi;
    this.#address = address;
    this.rank = mpi.rank;
    this.size = mpi.size;
    this.library = mpi.title;
    this.#patience = { spin: spinCrowded, timeout: 1000 * timeout, peers: [] };
    const own = new Uint8Array(cardBytes);
    own.set(new TextEncoder().encode(card()).subarray(0, cardBytes));
    const cards = this.allGather(own).map((bytes) => {
      const text = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
      return JSON.parse(text) as { readonly host: string; readonly namespace: string; readonly pid: number };
    });
    const mine = cards[mpi.rank];
    const peers = cards.map(({ host, namespace, pid }, rank): Peer => {
      const here = host === mine?.host && namespace === mine.namespace;
      return { rank, host, pid: here ? pid : undefined };
    });
    this.hosts = peers.map(({ host }) => host);
    const here = peers.filter(({ pid }) => pid !== undefined);
    const spin = here.length <= availableParallelism() ? spinAlone : spinCrowded;
    this.#patience = { spin, timeout: 1000 * timeout, peers: here.filter(({ rank }) => rank !== mpi.rank) };
    process.on("exit", this.#leave);
    process.on("uncaughtExceptionMonitor", this.#see);
  }

  /** @param held What the library reads and writes: an address does not keep it from the garbage collector. */
  #wait(what: string, request: Request, ...held: readonly Values[]): void {
    this.#held.add(held);
    waitFor(what, () => this.#mpi.test(request), this.#patience);
    this.#held.delete(held);
  }

  #open(what: string): Mpi {
    if (!this.#closed) return this.#mpi;
    throw new MpiError(`${what}: the world must be open, got one after close()`);
  }

  #rootOf(what: string, root: number): number {
    if (Number.isInteger(root) && root >= 0 && root < this.size) return root;
    throw new ArgumentError(`${what}: root must be a rank from 0 to ${this.size - 1}, got ${root}`);
  }

  allReduce(values: Values, reduction: Reduction = "sum"): void {
    this.beginAllReduce(values, reduction).wait();
  }

  beginAllReduce(values: Values, reduction: Reduction = "sum"): Pending {
    const type = typeOf(values);
    if (type === "byte") throw new ArgumentError("allReduce: values must be numbers that add up, got a Uint8Array");
    const mpi = this.#open("allReduce");
    if (values.length === 0) return { wait: () => {} };
    const request = mpi.allReduce(this.#address(values), values.length, type, reduction);
    const pending: Pending = {
      wait: () => {
        if (this.#held.has(pending)) this.#wait("allReduce", request, values);
        this.#held.delete(pending);
      },
    };
    this.#held.add(pending);
    return pending;
  }

  broadcast(values: Values, root = 0): void {
    const mpi = this.#open("broadcast");
    this.#rootOf("broadcast", root);
    if (values.length === 0) return;
    this.#wait("broadcast", mpi.broadcast(this.#address(values), values.length, typeOf(values), root), values);
  }

  gather<V extends Values>(values: V, root = 0): V[] | undefined {
    const mpi = this.#open("gather");
    const here = this.#rootOf("gather", root) === this.rank;
    const n = values.length;
    const all = sameType(values, here ? n * this.size : 0);
    if (n > 0) {
      this.#wait("gather", mpi.gather(this.#address(values), this.#address(all), n, typeOf(values), root), values, all);
    }
    return here ? this.#parts(all, n) : undefined;
  }

  allGather<V extends Values>(values: V): V[] {
    const mpi = this.#open("allGather");
    const n = values.length;
    const all = sameType(values, n * this.size);
    all.set(values, n * this.rank);
    if (n > 0) this.#wait("allGather", mpi.allGather(this.#address(all), n, typeOf(values)), all);
    return this.#parts(all, n);
  }

  #parts<V extends Values>(all: V, n: number): V[] {
    return Array.from({ length: this.size }, (_, rank) => all.slice(rank * n, (rank + 1) * n) as V);
  }

  allToAll<V extends Values>(values: V): V {
    const mpi = this.#open("allToAll");
    const n = values.length / this.size;
    if (!Number.isInteger(n)) {
      throw new ArgumentError(
        `allToAll: values must have an equal part for each of ${this.size} ranks, got ${values.length} elements`,
      );
    }
    const all = sameType(values, values.length);
    if (n > 0) {
      this.#wait("allToAll", mpi.allToAll(this.#address(values), this.#address(all), n, typeOf(values)), values, all);
    }
    return all;
  }

  async barrier(): Promise<void> {
    const mpi = this.#open("barrier");
    const request = mpi.barrier();
    await waitAsync("barrier", () => mpi.test(request), this.#patience);
  }

  abort(reason: string, code = 1): never {
    // At once: a stream would be written after the end.
    writeSync(2, `dlcc: rank ${this.rank} of ${this.size} on ${this.hosts[this.rank]}: ${reason}\n`);
    this.#closed = true;
    // A launcher drops what it has not yet handed on when it stops the ranks.
    sleep(abortDelay);
    this.#mpi.abort(code);
    process.exit(code);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const request = this.#mpi.barrier(true);
    await waitAsync("close", () => this.#mpi.test(request), this.#patience);
    this.#closed = true;
    process.removeListener("exit", this.#leave);
    process.removeListener("uncaughtExceptionMonitor", this.#see);
    this.#mpi.finalize();
  }

  /** An exception that nobody catches: Node would print it after the process has left. */
  readonly #see = (error: unknown): void => {
    this.#error = error;
  };

  /** The process ends, and the world was not closed: the others would wait for this rank for ever. */
  readonly #leave = (code: number): void => {
    if (this.#closed) return;
    if (this.#error !== undefined) {
      const text = this.#error instanceof Error ? this.#error.stack : String(this.#error);
      this.abort(`an error ended it, so all ranks are stopped: ${text}`, code);
    }
    if (code !== 0) this.abort(`it has ended with exit code ${code}, so all ranks are stopped`, code);
    try {
      const request = this.#mpi.barrier(true);
      waitFor("exit", () => this.#mpi.test(request), { ...this.#patience, timeout: leaveTimeout });
    } catch {
      this.abort("it has ended without close(), and others went on: all ranks are stopped. Call world.close() last");
    }
    this.#closed = true;
    this.#mpi.finalize();
  };
}

/** A new array of the same type. */
const sameType = <V extends Values>(values: V, length: number): V =>
  new (values.constructor as new (length: number) => V)(length);
