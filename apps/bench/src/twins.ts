/**
 * What two cores are worth here. A virtual machine's two processors may be the two threads of one real core, for good or
 * from time to time, or share it with a neighbour; then two threads can't be twice as fast as one, whoever wrote them.
 * Two processes that have nothing to do with each other show it: each runs the same product on one thread, first one
 * alone, then both at once.
 */
import { type Case, caseId } from "./cases.ts";
import type { Pace } from "./measure.ts";
import { Peer } from "./peer.ts";
import type { Entry } from "./roster.ts";
import { spreadOf } from "./statistics.ts";

/** Two processes against one. */
export interface Twins {
  readonly id: string;
  /** Medians, in milliseconds a product. */
  readonly alone: number;
  readonly together: number;
}

/** Runs a case of one contender in one process and in two at once, in turn. */
export async function twins(c: Case, entry: Entry, pace: Pace): Promise<Twins> {
  const peers: Peer[] = [];
  try {
    for (let i = 0; i < 2; i++) {
      const peer = await Peer.start(entry);
      peers.push(peer);
      await peer.ask({ do: "prepare", case: c });
      await peer.ask({ do: "measure", milliseconds: pace.warmUp });
    }
    const [alone, together]: [number[], number[]] = [[], []];
    const samples = async (peer: Peer): Promise<readonly number[]> =>
      (await peer.ask({ do: "measure", milliseconds: pace.round })).samples;
    for (let round = 0; round < pace.rounds; round++) {
      for (const peer of peers) alone.push(...(await samples(peer)));
      together.push(...(await Promise.all(peers.map(samples))).flat());
    }
    return { id: caseId(c), alone: spreadOf(alone).median, together: spreadOf(together).median };
  } finally {
    for (const peer of peers) peer.stop();
  }
}

/** In words: 2 would be two whole cores, 1 a single one. */
export const describe = ({ id, alone, together }: Twins): string =>
  `two processes of one thread at once do ${((2 * alone) / together).toFixed(2)} times the work of one (${id}): more than that, two threads can't reach`;
