/**
 * The helpers: threads that share the memory and run chunks of jobs (see assembly/jobs.ts). They are started once. A
 * helper without work looks out for the next job for a moment, and then sleeps until it is woken; it keeps no process
 * alive. If one dies, the others, the caller at least, claim what it would have done.
 */
import { chunkCount, dead, done, sequence, sleepers } from "./board.ts";
import type { Kernels } from "./module.ts";
import type { Product } from "./product.ts";

/** The data that a helper starts with. */
interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly board: number;
  readonly scratch: number;
  readonly flag: number;
  /** What a library's product is given: see `Product`. */
  readonly data?: unknown;
}

/**
 * How often an idle helper looks for a job before it sleeps: longer than the small ops between two large ones take, so
 * that it stays awake through a training step. Of the steps of small networks, half a millisecond is JavaScript.
 */
const patience = 300_000;

/** A helper's program, as text: it must load without a file of its own. */
const program = `
async function help({ module, memory, board, scratch, flag }, multiply, ready) {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, jobs: { multiply } });
  exports.setBoard(board);
  exports.setScratch(scratch);
  exports.setFlag(flag);
  const words = new Int32Array(memory.buffer);
  ready();
  for (;;) {
    const seen = Atomics.load(words, (board + ${sequence}) / 4);
    try {
      exports.serve(${patience});
    } catch (error) {
      Atomics.add(words, (board + ${dead}) / 4, 1); // The caller waits for its chunk, in vain.
      throw error;
    }
    Atomics.add(words, (board + ${sleepers}) / 4, 1);
    Atomics.wait(words, (board + ${sequence}) / 4, seen); // Returns at once if a job was opened meanwhile.
    Atomics.sub(words, (board + ${sleepers}) / 4, 1);
  }
}`;

/** A started helper. */
export interface Helper {
  /** Calls back when the helper has stopped, for whatever reason. A browser reports errors alone. */
  onEnd(listener: () => void): void;
  /** Whether it was stopped, known at once, before any event can say so. A browser can't tell. */
  stopped(): boolean;
  /** Where it keeps a 1 while it holds a chunk. */
  readonly flag: number;
  terminate(): void;
}

/** The part of Node's worker_threads that is used here. Deno's lack some of it. */
interface NodeThreads {
  Worker: new (
    code: string,
    options: { eval: true; workerData: Start },
  ) => {
    unref(): void;
    terminate(): unknown;
    readonly performance?: { eventLoopUtilization?(): { readonly idle: number } };
    on(event: "message" | "error" | "messageerror" | "exit", listener: (value: unknown) => void): void;
  };
}

interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
  readonly versions?: { readonly bun?: string };
}

const nodeProcess = (): NodeProcess | undefined => (globalThis as { process?: NodeProcess }).process;

const nodeThreads = (): NodeThreads | undefined =>
  nodeProcess()?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined;

/** Whether there is anything that helpers could be made of. */
export const hasWorkers = (): boolean => typeof Worker !== "undefined" || nodeThreads() !== undefined;

/** How long a helper may take to start, in milliseconds. */
const startTimeout = 10_000;

/** What a helper says when it is ready. */
const ready = "ready";

/** A worker, by what hosts have in common. */
interface Candidate {
  /** Calls back for each message, and for whatever else ends the waiting for one; then with what went wrong. */
  listen(heard: (message: unknown) => void, ended: (cause: unknown) => void): void;
  /** It has become a helper: see `Helper`. */
  started(): void;
  stopped(): boolean;
  terminate(): unknown;
}

/**
 * Starts a helper; rejects if the host does not let it. Whatever the worker does, one of the two happens, and nothing is
 * thrown into the host's event loop, where it would end the process.
 */
export function startHelper(start: Start, product?: Product): Promise<Helper> {
  return new Promise((resolve, reject) => {
    const candidate = nodeThreads() ? nodeWorker(start, product) : webWorker(start);
    const timer = setTimeout(() => fail("it took too long"), startTimeout);
    const listeners: (() => void)[] = [];
    let state: "starting" | "started" | "ended" = "starting";
    const end = (): void => {
      state = "ended";
      clearTimeout(timer);
      // It must not come late, and take part in jobs without being counted.
      quietly(() => candidate.terminate());
    };
    const fail = (cause: unknown): void => {
      if (state === "starting") {
        end();
        reject(new Error(`a worker did not start: ${describe(cause)}`));
      } else if (state === "started") {
        end();
        for (const listener of listeners) listener();
      }
    };
    const hear = (message: unknown): void => {
      if (state !== "starting") return;
      if (message !== ready) throw new Error(`its first message must be "${ready}", got ${describe(message)}`);
      candidate.started();
      state = "started";
      clearTimeout(timer);
      resolve({
        onEnd: (listener) => (state === "ended" ? listener() : listeners.push(listener)),
        stopped: () => candidate.stopped(),
        flag: start.flag,
        terminate: end,
      });
    };
    try {
      candidate.listen((message) => {
        try {
          hear(message);
        } catch (cause) {
          fail(cause);
        }
      }, fail);
    } catch (cause) {
      fail(cause);
    }
  });
}

/** Does what may fail without harm: some hosts refuse to end a worker that has ended, at once or with a promise. */
function quietly(fn: () => unknown): void {
  try {
    Promise.resolve(fn()).catch(() => {});
  } catch {}
}

function nodeWorker(start: Start, product: Product | undefined): Candidate {
  const { Worker } = nodeThreads() as NodeThreads;
  const multiply = product ? `(${product.program})(require, workerData.memory, workerData.data)` : "() => {}";
  const code = `const { parentPort, workerData } = require("node:worker_threads");${program}
help(workerData, ${multiply}, () => parentPort.postMessage("${ready}"));`;
  const worker = new Worker(code, { eval: true, workerData: { ...start, data: product?.data } });
  /** Bun prints a warning whenever it is asked, and always gives 0. */
  const canTell = nodeProcess()?.versions?.bun === undefined;
  /** Node gives −1 for a thread that has stopped, if it was asked once before. Deno can't tell. */
  const idle = (): number => (canTell ? (worker.performance?.eventLoopUtilization?.().idle ?? 0) : 0);
  return {
    listen(heard, ended) {
      worker.on("message", heard);
      for (const event of ["error", "messageerror", "exit"] as const) worker.on(event, ended);
    },
    started() {
      worker.unref();
      idle();
    },
    stopped: () => idle() < 0,
    terminate: () => worker.terminate(),
  };
}

function webWorker(start: Start): Candidate {
  const code = `${program}\nonmessage = ({ data }) => help(data, () => {}, () => postMessage("${ready}"));`;
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(address);
  return {
    listen(heard, ended) {
      worker.onmessage = ({ data }) => heard(data);
      worker.onerror = ended;
      worker.onmessageerror = ended;
      worker.postMessage(start);
    },
    // Its program has been loaded.
    started: () => URL.revokeObjectURL(address),
    stopped: () => false,
    terminate: () => worker.terminate(),
  };
}

function describe(cause: unknown): string {
  if (typeof cause === "string") return cause;
  if (typeof cause === "number") return `it ended with ${cause}`;
  return typeof cause === "object" && cause !== null && "message" in cause ? String(cause.message) : typeof cause;
}

/** How often the caller looks, between glances at the clock, whether the helpers are done. */
const looksPerGlance = 1_000_000;
/** A chunk that takes longer than this, in milliseconds, was lost with a helper of which nobody can say so. */
const chunkTimeout = 60_000;

/**
 * Waits until helpers have finished the chunks that they claimed; false if one never will. Each that died has lost one
 * chunk; the others' are waited for, as they write to memory that the caller is about to give to somebody else.
 */
export function join(kernels: Kernels, words: Int32Array, board: number, helpers: readonly Helper[]): boolean {
  if (kernels.finished(looksPerGlance)) return true;
  const count = (at: number): number => Atomics.load(words, (board + at) / 4);
  const holdsChunk = ({ flag }: Helper): boolean => Atomics.load(words, flag / 4) === 1;
  const start = performance.now();
  while (performance.now() - start < chunkTimeout) {
    if (kernels.finished(looksPerGlance)) return true;
    // A helper that failed says so itself; of one that was stopped, what it left behind is looked at.
    const lost = Math.max(count(dead), helpers.filter((helper) => helper.stopped() && holdsChunk(helper)).length);
    if (lost > 0 && count(done) + lost >= count(chunkCount)) return false;
  }
  return false;
}
