/** Each rank's part of the minibatches. */
import { ArgumentError, slice, type Tensor, tidy } from "@dlcc/tensor";
import type { World } from "./world.ts";

/** Some examples: `x` and `y` have one row for each. */
export interface Examples {
  /** The inputs. */
  readonly x: Tensor;
  /** The targets. */
  readonly y: Tensor;
}

/** A rank's part of a minibatch. */
export interface Share {
  /** How many of its rows count: none if there are fewer examples than ranks; then the one row here stands in. */
  readonly examples: number;
  /** How many examples the whole minibatch has. */
  readonly total: number;
}

/** What minibatches may know: those of `@dlcc/data` do. */
interface Able {
  state?(): unknown;
  loadState?(state: unknown): unknown;
  /** Draws only these rows of each minibatch of n: from the first to before the second. */
  rows?(choose: (n: number) => readonly [from: number, to: number]): unknown;
}

/** An epoch's minibatches, a part of each. It knows where it is, if they do: the same place on all ranks. */
export type Sharded<B> = IterableIterator<B & Share> & Pick<Able, "state" | "loadState">;
/** The same, of minibatches that are waited for. */
export type ShardedStream<B> = AsyncIterableIterator<B & Share> & Pick<Able, "state" | "loadState">;

/** The rows of a rank: as equal parts as can be, one after the other. */
const boundsOf = (n: number, { rank, size }: Pick<World, "rank" | "size">): readonly [from: number, to: number] => [
  Math.floor((n * rank) / size),
  Math.floor((n * (rank + 1)) / size),
];

/**
 * A rank's part of each minibatch: of n examples and R ranks, rank r has those from ⌊n·r/R⌋ to ⌊n·(r+1)/R⌋. All ranks make the
 * same minibatches, by the same seed; so `size` is that of the whole, and one process with the same minibatches takes the same
 * steps. Minibatches of `@dlcc/data` draw the rank's rows alone; of others, all rows are made and some taken.
 *
 * Each part says how many examples it and the whole have: {@link distributed} weighs gradients by that, so that a last
 * minibatch that can't be divided gives no more than its due. Where there are fewer examples than ranks, a rank has one row
 * that counts for nothing.
 *
 * @param batches The minibatches of an epoch, which may be waited for. A part is disposed when the next one is requested.
 * @returns An iterator over the parts: `x`, `y`, `examples`, `total`, and what else a minibatch has.
 * @throws {ArgumentError} if `batches` can't be iterated over.
 * @example
 * ```ts
 * import { shard } from "@dlcc/mpi";
 * import { arange } from "@dlcc/tensor";
 *
 * const batches = [{ x: arange(10).reshape([5, 2]), y: arange(5) }];
 * for (const { y, examples, total } of shard(batches, { rank: 1, size: 2 })) {
 *   console.log(await y.array(), examples, total); // → [ 2, 3, 4 ] 3 5
 * }
 * ```
 */
export function shard<B extends Examples>(batches: Iterable<B>, world: Pick<World, "rank" | "size">): Sharded<B>;
export function shard<B extends Examples>(
  batches: AsyncIterable<B>,
  world: Pick<World, "rank" | "size">,
): ShardedStream<B>;
export function shard<B extends Examples>(
  batches: Iterable<B> | AsyncIterable<B>,
  world: Pick<World, "rank" | "size">,
): Sharded<B> | ShardedStream<B>;
export function shard<B extends Examples>(
  batches: Iterable<B> | AsyncIterable<B>,
  world: Pick<World, "rank" | "size">,
): Sharded<B> | ShardedStream<B> {
  const iterator = iteratorOf(batches);
  /** Of the minibatch that was drawn last, where the minibatches draw a part. */
  let drawn: number | undefined;
  iterator.rows?.((n) => {
    drawn = n;
    const [from, to] = boundsOf(n, world);
    return to > from ? [from, to] : [Math.min(from, n - 1), Math.min(from, n - 1) + 1];
  });
  const part = (batch: B): { readonly share: B & Share; release(): void } => {
    if (drawn === undefined) return cut(batch, world);
    const [from, to] = boundsOf(drawn, world);
    return { share: { ...batch, examples: to - from, total: drawn }, release: () => {} };
  };
  const able: Pick<Able, "state" | "loadState"> = {
    ...(iterator.state && { state: () => iterator.state?.() }),
    ...(iterator.loadState && { loadState: (state: unknown) => iterator.loadState?.(state) }),
  };
  return Object.assign(Symbol.asyncIterator in batches ? streamed(iterator, part) : listed(iterator, part), able);
}

type AnyIterator<B> = (Iterator<B> | AsyncIterator<B>) & Able;

function iteratorOf<B>(batches: Iterable<B> | AsyncIterable<B>): AnyIterator<B> {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = (batches ?? {}) as Partial<
    Iterable<B> & AsyncIterable<B>
  >;
  if (later) return later.call(batches);
  if (now) return now.call(batches);
  throw new ArgumentError(
    `shard: batches must be the minibatches of an epoch, got ${(batches as object | undefined)?.constructor?.name ?? String(batches)}`,
  );
}

/** Takes a rank's rows out of a whole minibatch. */
function cut<B extends Examples>(
  batch: B,
  world: Pick<World, "rank" | "size">,
): { readonly share: B & Share; release(): void } {
  const total = batch.x.shape[0] ?? 0;
  const [from, to] = boundsOf(total, world);
  const first = Math.min(from, Math.max(0, total - 1));
  const last = Math.max(to, Math.min(total, first + 1));
  const [x, y] = [batch.x, batch.y].map((t) => tidy(() => slice(t, [first, last]))) as [Tensor, Tensor];
  const release = (): void => {
    x.dispose();
    y.dispose();
  };
  return { share: { ...batch, x, y, examples: to - from, total }, release };
}

type Part<B> = (batch: B) => { readonly share: B & Share; release(): void };

function* listed<B>(iterator: AnyIterator<B>, part: Part<B>): Generator<B & Share, void> {
  const batches = iterator as Iterator<B>;
  try {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      const { share, release } = part(next.value);
      try {
        yield share;
      } finally {
        release();
      }
    }
  } finally {
    batches.return?.();
  }
}

async function* streamed<B>(iterator: AnyIterator<B>, part: Part<B>): AsyncGenerator<B & Share, void> {
  const batches = iterator as AsyncIterator<B>;
  try {
    for (let next = await batches.next(); !next.done; next = await batches.next()) {
      const { share, release } = part(next.value);
      try {
        yield share;
      } finally {
        release();
      }
    }
  } finally {
    await batches.return?.();
  }
}
