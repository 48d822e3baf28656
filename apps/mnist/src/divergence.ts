/** Whether a run has gone wrong, told from its loss: the trend of it, as a single minibatch says little. */

/** What the loss was, and is. */
export interface LossSoFar {
  /** Of the first step. */
  readonly first: number;
  /** The trend now. */
  readonly now: number;
  /** The highest that the trend was. */
  readonly highest: number;
  readonly step: number;
}

export interface Trouble {
  /** Whether to go on would be of no use. */
  readonly lost: boolean;
  readonly text: string;
}

/** A loss that is so many times what it was at first has grown: runs that learn in the end may double it on the way. */
const grown = 3;
/** A loss above this share of the first one has not fallen. */
const fallen = 0.9;
/** Before so many steps nothing is said. */
const early = 20;
/** And of a loss that doesn't fall, nothing before so many. */
const patience = 200;

const short = (n: number): string => Number(n.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 });

const tooLarge = "The steps are too large: each carries the weights past the valley, and further up the other side.";

/** @returns Undefined while all is well. */
export function troubleOf({ first, now, highest, step }: LossSoFar): Trouble | undefined {
  if (step < early || !(first > 0)) return undefined;
  if (now > grown * first) {
    return {
      lost: true,
      text: `The loss has grown from ${short(first)} to ${short(now)} in ${step} steps. ${tooLarge}`,
    };
  }
  if (step < patience || now < fallen * first) return undefined;
  const still = `After ${step} steps the loss is ${short(now)}; it began at ${short(first)}.`;
  if (highest > grown * first) {
    return {
      lost: true,
      text: `${still} On the way it was ${short(highest)}: steps that are too large have broken the network.`,
    };
  }
  return {
    lost: false,
    text: `${still} The network has learned next to nothing: its steps are too small or too large, or its gradients vanish on the way.`,
  };
}

/** A loss that is no number any more. */
export const troubleOfInfinity = (step: number, loss: string): Trouble => ({
  lost: true,
  text: `The loss became ${loss} at step ${step}: the numbers have outgrown what a computer can hold. ${tooLarge}`,
});
