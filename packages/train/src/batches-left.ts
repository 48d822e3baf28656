import type { Batch, Stateful } from "./contracts.ts";

/** The batches of an epoch that are still to be learned from. */
export interface BatchesLeft extends Iterable<Batch> {
  /** The position, if the batches can tell. */
  state(): unknown;
}

/**
 * Goes on in the midst of an epoch.
 *
 * @param batches All of its batches. If their iterator has `loadState`, as that of `minibatches` has, it goes to the place;
 * otherwise the batches that are done are asked for again, and let go.
 * @param done How many are done. Default: none.
 * @param state The position there, if one was taken.
 */
export function batchesLeft(batches: Iterable<Batch>, done = 0, state?: unknown): BatchesLeft {
  const iterator: Iterator<Batch> & Stateful = batches[Symbol.iterator]();
  if (done > 0 && state !== undefined && iterator.loadState) void iterator.loadState(state);
  else for (let i = 0; i < done; i++) iterator.next();
  return { [Symbol.iterator]: () => iterator, state: () => iterator.state?.() };
}
