/** What ranks measure. */

/** The time of a training step. */
export interface StepFigures {
  /** Units of the hidden layer of 784-hidden-10. */
  readonly hidden: number;
  /** Of all gradients. */
  readonly bytes: number;
  /** Examples of a minibatch, of all ranks together. */
  readonly batch: number;
  /** The median, of the slowest rank's. */
  readonly milliseconds: number;
  /** The share of it in which a rank waits for others, the mean over the ranks. */
  readonly waiting: number;
}

/** The time of an all-reduce, alone and beside work that takes about as long. */
export interface MessageFigures {
  readonly bytes: number;
  readonly milliseconds: number;
  /** The work alone. */
  readonly work: number;
  /** First the work, then the message. */
  readonly after: number;
  /** The message begun before the work, and awaited after it. */
  readonly overlapped: number;
}

/** What so many ranks have measured. */
export interface RankFigures {
  readonly ranks: number;
  readonly library: string;
  /** Of each rank. */
  readonly threads: number;
  readonly steps: readonly StepFigures[];
  readonly messages: readonly MessageFigures[];
}
