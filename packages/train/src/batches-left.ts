import type { Batch, Batches, Stateful } from "./contracts.ts";

/** The batches of an epoch that are still to be learned from. */
export interface BatchesLeft extends AsyncIterable<Batch> {
  /** The position, if the batches can tell. */
  state(): unknown;
}

/**
 * Goes on in the midst of an epoch.
 *
 * @param batches All of its batches. If their iterator has `loadState`, as those of `minibatches` and `streamMinibatches` have, it
 * goes to the place; otherwise the batches that are done are asked for again, and let go.
 * @param done How many are done. Default: none.
 * @param state The position there, if one was taken.
 */
export async function batchesLeft(batches: Batches, done = 0, state?: unknown): Promise<BatchesLeft> {
  const iterator: (Iterator<Batch> | AsyncIterator<Batch>) & Stateful =
    Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  if (done > 0 && state !== undefined && iterator.loadState) await iterator.loadState(state);
  else for (let i = 0; i < done; i++) await iterator.next();
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => iterator.next(),
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    }),
    state: () => iterator.state?.(),
  };
}
