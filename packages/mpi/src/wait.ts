/**
 * Waiting for other ranks. A library's own waiting calls keep a processor at full speed and never come back when a rank is
 * lost; so calls are begun, and asked for until they are done. Who waits for long asks less and less often: the processor is
 * free for the rank that is waited for, as where there are more ranks than cores.
 */
import { readFileSync } from "node:fs";
import { MpiError } from "./error.ts";

/** A rank's process, as far as this machine knows it. */
export interface Peer {
  readonly rank: number;
  /** The process, if it runs on this machine. */
  readonly pid: number | undefined;
  /** The name of its machine. */
  readonly host: string;
}

/** How to wait. */
export interface Patience {
  /** For so many milliseconds it asks without a pause: what comes soon is not kept waiting. */
  readonly spin: number;
  /** After so many it is an error. */
  readonly timeout: number;
  readonly peers: readonly Peer[];
}

/** A pause is this part of the time that was waited so far, between these bounds, in milliseconds. */
const [share, shortest, longest] = [1 / 50, 0.02, 5];
/** From then on, and so often, it looks whether the others still live, in milliseconds. */
const lookInterval = 500;

/** Nobody wakes who sleeps here: to wait for a time is all that it is for. */
const sleeper = new Int32Array(new SharedArrayBuffer(4));
/** Does nothing for a time. */
export const sleep = (milliseconds: number): void => void Atomics.wait(sleeper, 0, 0, milliseconds);

const pauseAfter = (waited: number): number => Math.min(longest, Math.max(shortest, share * waited));

/** Whether a process of this machine still runs. One that ended, and whose parent has not yet asked for it, does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the program's name, which is in parentheses and may have any characters, comes the state.
    return !"ZX".includes(stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "Z");
  } catch {
    // Not Linux, or it is gone.
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Throws if a rank is lost, or it has taken too long. */
function assertPatience(what: string, waited: number, { timeout, peers }: Patience): void {
  const lost = peers.find(({ pid }) => pid !== undefined && !isAlive(pid));
  if (lost) {
    throw new MpiError(`${what}: all ranks must live, got none any more of rank ${lost.rank}, process ${lost.pid}`);
  }
  if (waited < timeout) return;
  throw new MpiError(
    `${what}: all ranks must come to it within ${timeout / 1000} s, got none of some: they do something else, or are cut off`,
  );
}

/** Waits until `done` says so. @param what As messages begin. */
export function waitFor(what: string, done: () => boolean, patience: Patience): void {
  if (done()) return;
  const started = performance.now();
  let looked = started;
  while (!done()) {
    const now = performance.now();
    const waited = now - started;
    if (waited < patience.spin) continue;
    if (now - looked >= lookInterval) {
      assertPatience(what, waited, patience);
      looked = now;
    }
    sleep(pauseAfter(waited));
  }
}

/** The same, while the program goes on with other things: timers and signals have their turn. */
export async function waitAsync(what: string, done: () => boolean, patience: Patience): Promise<void> {
  const started = performance.now();
  let looked = started;
  while (!done()) {
    const now = performance.now();
    if (now - looked >= lookInterval) {
      assertPatience(what, now - started, patience);
      looked = now;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseAfter(now - started)));
  }
}
