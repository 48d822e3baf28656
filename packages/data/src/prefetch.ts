import { ArgumentError } from "@dlcc/tensor";

/**
 * Asks for the items of an async iterable before they are needed, in the background: while a training step is computed, the next
 * minibatch is read. They come in the same order, and the end comes after the last one.
 *
 * What has been asked for and is not taken, as after a `break`, is given to `discard`.
 *
 * @param items Such as an async generator of your own.
 * @throws {ArgumentError} if `ahead` is not a whole number from 1.
 * @example
 * ```ts
 * import { prefetch } from "@dlcc/data";
 * import { tensor } from "@dlcc/tensor";
 *
 * async function* batches() {
 *   for (const n of [1, 2, 3]) yield { x: tensor([n]), y: tensor([2 * n]) }; // from a network, say
 * }
 * for await (const { x, y } of prefetch(batches())) {
 *   console.log(await x.item(), await y.item());
 *   x.dispose();
 *   y.dispose();
 * }
 * // → 1 2
 * // → 2 4
 * // → 3 6
 * ```
 */
export function prefetch<T>(
  items: AsyncIterable<T>,
  options: {
    /** How many to ask for ahead. Default: 2. */
    readonly ahead?: number;
    /** Gives an item back. Default: disposes of the `x` and `y` of a minibatch, if it has them. */
    readonly discard?: (item: T) => void;
  } = {},
): AsyncIterableIterator<T> {
  const { ahead = 2, discard = disposeParts } = options;
  if (!Number.isSafeInteger(ahead) || ahead < 1) {
    throw new ArgumentError(`prefetch: ahead must be a whole number from 1, got ${ahead}`);
  }
  return run(items[Symbol.asyncIterator](), ahead, discard);
}

async function* run<T>(iterator: AsyncIterator<T>, ahead: number, discard: (item: T) => void): AsyncGenerator<T, void> {
  const asked: Promise<IteratorResult<T>>[] = [];
  const ask = (): void => {
    const next = iterator.next();
    // It is thrown where it is awaited.
    next.catch(() => {});
    asked.push(next);
  };
  try {
    for (;;) {
      while (asked.length < ahead + 1) ask();
      const { done, value } = await (asked.shift() as Promise<IteratorResult<T>>);
      if (done) return;
      yield value;
    }
  } finally {
    for (const result of await Promise.allSettled(asked)) {
      if (result.status === "fulfilled" && !result.value.done) discard(result.value.value);
    }
    await iterator.return?.();
  }
}

function disposeParts(item: unknown): void {
  const { x, y } = (item ?? {}) as Readonly<Record<string, { dispose?: () => void } | undefined>>;
  x?.dispose?.();
  y?.dispose?.();
}
