/** Where the time goes: op by op, as a table and as a trace. */
import type { Backend } from "./backend.ts";
import { bytesPerElement } from "./dtype.ts";
import { ArgumentError } from "./errors.ts";
import { type Timer, time, timer } from "./observer.ts";
import type { Operation, Outputs } from "./op.ts";
import type { Attributes, CustomAttributes, Op } from "./signatures.ts";

/** What all calls of an op took together. */
export interface OpProfile {
  /** The op; of one of the user's own, its name. */
  readonly op: string;
  /** How often it ran. */
  readonly calls: number;
  /** Milliseconds in it, without the ops that it is made of. */
  readonly milliseconds: number;
  /** The bytes of its results; of views, 0. */
  readonly bytes: number;
}

/** What all runs of a {@link span} took together. */
export interface SpanProfile {
  /** Its name. */
  readonly name: string;
  /** How often it ran. */
  readonly calls: number;
  /** Milliseconds from its beginning to its end, with all that is inside. */
  readonly milliseconds: number;
}

/** One event of a Chrome trace, a complete one (`X`): times in microseconds. */
export interface TraceEvent {
  /** The op or span. */
  readonly name: string;
  /** What it is. */
  readonly cat: "op" | "span";
  /** Complete: with its duration. */
  readonly ph: "X";
  /** When it began. */
  readonly ts: number;
  /** How long it took. */
  readonly dur: number;
  /** The process: there is one. */
  readonly pid: 1;
  /** The thread: there is one. */
  readonly tid: 1;
  /** More about it. */
  readonly args: {
    /** Of its results, if it is an op. */
    readonly bytes?: number;
  };
}

/** What chrome://tracing and Perfetto open, as JSON. */
export interface ChromeTrace {
  /** In the order in which they ended. */
  readonly traceEvents: readonly TraceEvent[];
  /** How times are shown. */
  readonly displayTimeUnit: "ms";
  /** More about it. */
  readonly otherData: {
    /** How many events were left out at the end, as there were too many. */
    readonly omitted: number;
  };
}

/** What {@link profile} found. */
export interface Profile<T = unknown> {
  /** What the function returned. */
  readonly result: T;
  /** The ops, those that took most time first. */
  readonly ops: readonly OpProfile[];
  /** The named parts, those that took most time first. */
  readonly spans: readonly SpanProfile[];
  /** From the beginning to when all devices were done. */
  readonly milliseconds: number;
  /** Of these, how long devices were waited for at the end. */
  readonly waiting: number;
  /** The ops and spans in lines of text. */
  table(): string;
  /** The same as events, for a file: `JSON.stringify(profile.trace())`. */
  trace(): ChromeTrace;
}

/** The most events that are kept for the trace, about 20 MB of JSON. All are counted in the table. */
const mostEvents = 200_000;

/** Sums over the calls of one op or span. */
interface Sums {
  calls: number;
  milliseconds: number;
  bytes: number;
}

class Profiler implements Timer {
  readonly ops: Map<string, Sums> = new Map();
  readonly spans: Map<string, Sums> = new Map();
  readonly backends: Set<Backend> = new Set();
  readonly events: TraceEvent[] = [];
  omitted = 0;
  readonly start: number = performance.now();
  /** How long the ops took that are inside of the one that is running. */
  #inside = 0;

  op<O extends Op>(op: Operation<O>, attributes: Attributes<O>, run: () => Outputs): Outputs {
    const outer = this.#inside;
    this.#inside = 0;
    const began = performance.now();
    try {
      const outputs = run();
      const took = performance.now() - began;
      const name = op.name === "custom" ? (attributes as CustomAttributes).name : op.name;
      let bytes = 0;
      for (const { backend, size, dtype } of outputs) {
        this.backends.add(backend);
        if (!("view" in op)) bytes += size * bytesPerElement(dtype);
      }
      add(this.ops, name, took - this.#inside, bytes);
      this.#note({ name, cat: "op", args: { bytes } }, began, took);
      return outputs;
    } finally {
      this.#inside = outer + (performance.now() - began);
    }
  }

  span<T>(name: string, run: () => T): T {
    const began = performance.now();
    const result = run();
    const took = performance.now() - began;
    add(this.spans, name, took, 0);
    this.#note({ name, cat: "span", args: {} }, began, took);
    return result;
  }

  #note(event: Pick<TraceEvent, "name" | "cat" | "args">, began: number, took: number): void {
    if (this.events.length < mostEvents) {
      this.events.push({ ...event, ph: "X", ts: 1000 * (began - this.start), dur: 1000 * took, pid: 1, tid: 1 });
    } else this.omitted++;
  }
}

function add(all: Map<string, Sums>, name: string, milliseconds: number, bytes: number): void {
  const sums = all.get(name);
  if (sums) {
    sums.calls++;
    sums.milliseconds += milliseconds;
    sums.bytes += bytes;
  } else all.set(name, { calls: 1, milliseconds, bytes });
}

/** The rows of a table: names to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

class Found<T> implements Profile<T> {
  readonly result: T;
  readonly ops: readonly OpProfile[];
  readonly spans: readonly SpanProfile[];
  readonly milliseconds: number;
  readonly waiting: number;
  readonly #profiler: Profiler;

  constructor(result: T, profiler: Profiler, milliseconds: number, waiting: number) {
    this.result = result;
    this.#profiler = profiler;
    this.milliseconds = milliseconds;
    this.waiting = waiting;
    const slowest = (a: Sums, b: Sums): number => b.milliseconds - a.milliseconds;
    this.ops = Array.from(profiler.ops, ([op, sums]) => ({ op, ...sums })).sort(slowest);
    this.spans = Array.from(profiler.spans, ([name, sums]) => ({ name, ...sums })).sort(slowest);
  }

  table(): string {
    const share = (milliseconds: number): string => `${((100 * milliseconds) / this.milliseconds).toFixed(1)} %`;
    const row = (name: string, milliseconds: number, calls?: number, bytes?: number): string[] => [
      name,
      calls === undefined ? "" : String(calls),
      milliseconds.toFixed(2),
      share(milliseconds),
      bytes === undefined ? "" : String(bytes),
    ];
    const inOps = this.ops.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    return aligned([
      ["op", "calls", "ms", "share", "bytes"],
      ...this.ops.map(({ op, milliseconds, calls, bytes }) => row(op, milliseconds, calls, bytes)),
      row("(outside ops)", this.milliseconds - this.waiting - inOps),
      row("(waiting for devices)", this.waiting),
      row("all", this.milliseconds),
      ...this.spans.map(({ name, milliseconds, calls }) => row(`in ${name}`, milliseconds, calls)),
    ]);
  }

  trace(): ChromeTrace {
    const { events, omitted } = this.#profiler;
    return { traceEvents: events, displayTimeUnit: "ms", otherData: { omitted } };
  }
}

/**
 * Runs a function, and measures each op that it calls, on any backend: how often, how long, how many bytes came out. As
 * `torch.profiler`.
 *
 * The time of an op is what its call takes. Where a device works asynchronously, as a GPU does, that is the time to ask for it;
 * what the device still has to do when the function is over is `waiting`, and read the ops' shares there as the cost of asking.
 * Browsers make their clocks coarse, so that single calls may show 0. Gradients, views and what a custom op calls are ops, too; what is
 * between them is JavaScript: the tape, the scopes, and the program itself.
 *
 * @param fn May be async: then all that runs until it is over counts.
 * @returns What `fn` returned, and the figures.
 * @throws {ArgumentError} inside another profile. What `fn` throws, it throws.
 * @example
 * ```ts
 * import { ones, profile } from "@dlcc/tensor";
 *
 * const x = ones([64, 64]);
 * const { ops, milliseconds } = await profile(() => x.matmul(x).matmul(x).relu());
 * for (const { op, calls, bytes } of ops.toSorted((a, b) => b.calls - a.calls)) console.log(op, calls, bytes);
 * // → matmul 2 32768
 * // → relu 1 16384
 * console.log(milliseconds > 0); // → true
 * ```
 */
export async function profile<T>(fn: () => T | Promise<T>): Promise<Profile<T>> {
  if (timer) throw new ArgumentError("profile: a profile must not run inside another: await the first one");
  const profiler = new Profiler();
  time(profiler);
  try {
    const result = await fn();
    const done = performance.now();
    for (const backend of profiler.backends) await backend.flush();
    const end = performance.now();
    return new Found(result, profiler, end - profiler.start, end - done);
  } finally {
    time(undefined);
  }
}
