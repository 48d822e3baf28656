/**
 * What random and damaged input must come to: a result or an error of dlcc's, in less than two seconds of the processor's
 * time, with memory for a small multiple of the input, and with JavaScript's own objects as they were.
 */
import { Worker } from "node:worker_threads";
import { DlccError } from "@dlcc/tensor";

/** The options of an {@link Ordeal}. */
export interface OrdealOptions {
  /** The names of the errors that are documented besides dlcc's own. Default: none. */
  readonly errors?: readonly string[];
}

/** Input that came to something else than a result or a documented error; `cause` is the error, if there was one. */
export class OrdealError extends Error {
  /** The error's name. */
  override readonly name = "OrdealError";
}

/** The most seconds of the processor's time that a case may take. */
const mostSeconds = 2;
/** The most memory that a case may add to the process's peak, in bytes: so much, as the collector has its own mind; */
const spareMemory = 2 ** 27;
/** and so many times the input. */
const mostTimes = 50;
/** A case that hasn't ended after so many milliseconds never will: the process is ended, and the case is named. */
const patience = 60_000;
/** The most characters of a case's name. */
const longestName = 2000;

/** The objects that a hostile name could reach. */
const shared: readonly object[] = [
  Object,
  Array,
  Function,
  String,
  Number,
  Promise,
  Map,
  Uint8Array,
  Float32Array,
].flatMap((Class) => [Class, Class.prototype]);
const keysOf = (): string => shared.map((object) => Reflect.ownKeys(object).map(String).join()).join(";");

/** Runs beside the cases, and sees one that never ends, which the process itself can't. */
const watchdog = `
  const { workerData: { state, name, patience } } = require("node:worker_threads");
  let last = -1;
  setInterval(() => {
    const now = Atomics.load(state, 0);
    if (now === last && now % 2 === 1) {
      const text = new TextDecoder().decode(name.slice(0, Atomics.load(state, 1)));
      require("node:fs").writeSync(2, "\\nA case has not ended: " + text + "\\n");
      process.kill(process.pid, "SIGKILL");
    }
    last = now;
  }, patience).unref();
  setInterval(() => {}, 2 ** 30);
`;

/**
 * Judges cases, and keeps the figures of all.
 *
 * @example
 * ```ts
 * import { parseIdx } from "@dlcc/data";
 * import { Ordeal } from "@dlcc/testing/node";
 *
 * const ordeal = new Ordeal("idx");
 * for (const bytes of [Uint8Array.of(1, 2, 3), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)]) {
 *   console.log(await ordeal.judge(String(bytes), bytes.length, () => parseIdx(bytes)));
 * }
 * // → IdxError
 * // → a result
 * ordeal.end();
 * ```
 */
export class Ordeal {
  /** What the input is of. */
  readonly name: string;
  readonly #errors: ReadonlySet<string>;
  readonly #keys = keysOf();
  readonly #outcomes = new Map<string, number>();
  readonly #state = new Int32Array(new SharedArrayBuffer(8));
  readonly #name = new Uint8Array(new SharedArrayBuffer(4 * longestName));
  readonly #watchdog: Worker;
  #slowest = 0;
  #memory = 0;

  constructor(name: string, { errors = [] }: OrdealOptions = {}) {
    this.name = name;
    this.#errors = new Set(errors);
    const workerData = { state: this.#state, name: this.#name, patience };
    this.#watchdog = new Worker(watchdog, { eval: true, workerData });
    this.#watchdog.unref();
  }

  /**
   * Runs a case.
   *
   * @param what The input, for messages.
   * @param size How many bytes it has.
   * @param run What takes the input.
   * @returns The outcome: `a result`, or the name of a documented error.
   * @throws {OrdealError} if it comes to anything else.
   */
  async judge(what: string, size: number, run: () => unknown): Promise<string> {
    const fail = (why: string, cause?: unknown): OrdealError =>
      new OrdealError(`${this.name}: ${why}, got ${what.slice(0, longestName)}`, { cause });
    const text = new TextEncoder().encode(what.slice(0, longestName));
    this.#name.set(text);
    Atomics.store(this.#state, 1, text.length);
    Atomics.add(this.#state, 0, 1);
    const [cpu, peak] = [process.cpuUsage(), process.resourceUsage().maxRSS];
    let outcome = "a result";
    try {
      await run();
    } catch (error) {
      if (!(error instanceof DlccError) && !this.#errors.has((error as Error).name)) {
        throw fail(`the input must come to a result or a documented error, not ${String(error)}`, error);
      }
      outcome = (error as Error).name;
    } finally {
      Atomics.add(this.#state, 0, 1);
    }
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (user + system) / 1e6;
    const memory = (process.resourceUsage().maxRSS - peak) * 1024;
    this.#slowest = Math.max(this.#slowest, seconds);
    this.#memory = Math.max(this.#memory, memory);
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (seconds > mostSeconds) throw fail(`the input must take ${mostSeconds} s at most, not ${seconds}`);
    if (memory > spareMemory + mostTimes * size) {
      throw fail(`the input of ${size} bytes must take ${mostTimes} times its size at most, not ${memory} bytes`);
    }
    if (keysOf() !== this.#keys) throw fail("the input must leave JavaScript's own objects as they are");
    return outcome;
  }

  /** Ends the watch. @returns The figures of all cases, as a line. */
  end(): string {
    void this.#watchdog.terminate();
    const outcomes = [...this.#outcomes].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name}`);
    const cases = [...this.#outcomes.values()].reduce((sum, count) => sum + count, 0);
    return `${this.name}: ${cases} cases (${outcomes.join(", ")}); slowest ${this.#slowest.toFixed(2)} s, memory +${Math.round(this.#memory / 2 ** 20)} MiB at most`;
  }
}
