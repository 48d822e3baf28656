/**
 * Which parts of a memory are free. A piece is a range of addresses; each knows its neighbours, so that one that is given
 * back is joined with those beside it that are free, too. What is then the last piece is none any more: the top moves down.
 * Free pieces are linked in bins by size, four from one power of two to the next. A request gets the smallest piece that
 * fits, cut to what it asked for (best fit: what is left of large pieces stays large).
 */

/** Addresses and sizes are multiples of this: whole vectors. */
export const alignment = 16;

/** A range of addresses that is given out as a whole. */
export class Piece {
  pointer: number;
  bytes: number;
  /** Whether it is in a bin. */
  free = false;
  /** Whether somebody has it. What is neither is about to be released. */
  out = false;
  /** The neighbours by address; what is above the last one was never given out, or came back. */
  below: Piece | undefined;
  above: Piece | undefined;
  /** The neighbours in the bin. */
  previous: Piece | undefined = undefined;
  next: Piece | undefined = undefined;

  constructor(pointer: number, bytes: number, below: Piece | undefined, above: Piece | undefined) {
    this.pointer = pointer;
    this.bytes = bytes;
    this.below = below;
    this.above = above;
  }
}

/** The bin of a size: those after it have larger pieces alone. */
function binOf(bytes: number): number {
  const units = bytes / alignment; // Below 2²⁸, as addresses are below 2³².
  const exponent = 31 - Math.clz32(units);
  return exponent < 2 ? units : (exponent << 2) | ((units >>> (exponent - 2)) & 3);
}

const bins = 28 * 4;

/** How many pieces of a bin are looked at: they differ by a quarter at most, so a long search would gain little. */
const looks = 64;

/** Gives out pieces of the addresses from `base` on, and takes them back. */
export class Space {
  /** Where the part begins of which nothing is given out. */
  top: number;
  #last: Piece | undefined;
  readonly #bins = new Array<Piece | undefined>(bins).fill(undefined);

  constructor(base: number) {
    this.top = Math.ceil(base / alignment) * alignment;
  }

  /** A piece of `bytes` from among the free ones. In a `hurry`, one that is hard to find may be missed. */
  take(bytes: number, hurry: boolean): Piece | undefined {
    const first = binOf(bytes);
    let found: Piece | undefined;
    for (let bin = first; bin < bins && !found; bin++) found = this.#smallest(bin, bytes, looks);
    // The first bin may have one that fits behind those that were looked at.
    if (!found && !hurry) found = this.#smallest(first, bytes, Number.POSITIVE_INFINITY);
    return found && this.#cut(found, bytes);
  }

  /** A piece at the top. */
  extend(bytes: number): Piece {
    const piece = new Piece(this.top, bytes, this.#last, undefined);
    if (this.#last) this.#last.above = piece;
    this.#last = piece;
    this.top += bytes;
    return piece;
  }

  /** Takes a piece back. */
  release(piece: Piece): void {
    const { below, above } = piece;
    if (above?.free) {
      this.#unlink(above);
      this.#swallow(piece, above);
    }
    let whole = piece;
    if (below?.free) {
      this.#unlink(below);
      this.#swallow(below, piece);
      whole = below;
    }
    if (whole.above) {
      this.#link(whole);
      return;
    }
    this.top = whole.pointer;
    this.#last = whole.below;
    if (this.#last) this.#last.above = undefined;
  }

  /** How many bytes the largest free piece has. */
  get largest(): number {
    let most = 0;
    for (let piece of this.#bins) for (; piece; piece = piece.next) most = Math.max(most, piece.bytes);
    return most;
  }

  #smallest(bin: number, bytes: number, most: number): Piece | undefined {
    let best: Piece | undefined;
    let left = most;
    for (let piece = this.#bins[bin]; piece && left > 0; piece = piece.next, left--) {
      if (piece.bytes === bytes) return piece;
      if (piece.bytes > bytes && (!best || piece.bytes < best.bytes)) best = piece;
    }
    return best;
  }

  /** Takes a free piece out of its bin; what it has beyond `bytes` stays free. */
  #cut(piece: Piece, bytes: number): Piece {
    this.#unlink(piece);
    if (piece.bytes > bytes) {
      const rest = new Piece(piece.pointer + bytes, piece.bytes - bytes, piece, piece.above);
      // The last piece is never free, so there is one above.
      if (piece.above) piece.above.below = rest;
      piece.above = rest;
      piece.bytes = bytes;
      this.#link(rest);
    }
    return piece;
  }

  /** Makes one piece of two neighbours. */
  #swallow(piece: Piece, above: Piece): void {
    piece.bytes += above.bytes;
    piece.above = above.above;
    above.below = undefined;
    above.above = undefined;
    if (piece.above) piece.above.below = piece;
    else this.#last = piece;
  }

  #link(piece: Piece): void {
    const bin = binOf(piece.bytes);
    const next = this.#bins[bin];
    piece.free = true;
    piece.previous = undefined;
    piece.next = next;
    if (next) next.previous = piece;
    this.#bins[bin] = piece;
  }

  #unlink(piece: Piece): void {
    const { previous, next } = piece;
    piece.free = false;
    if (previous) previous.next = next;
    else this.#bins[binOf(piece.bytes)] = next;
    if (next) next.previous = previous;
    // A piece that is out must not keep those that are no more.
    piece.previous = undefined;
    piece.next = undefined;
  }
}
