/** The largest memory of a convolutional network's training step, beside PyTorch's. */
import { type Case, cases, caseTitle } from "./cases.ts";
import { Peer } from "./peer.ts";
import { roster } from "./roster.ts";

const megabyte = 1e6;

/** In a fresh process, a contender makes the network and trains it for a few steps. */
async function measure(c: Case): Promise<void> {
  console.log(`${caseTitle(c)}: by how much the largest resident set of a new process grows, with the network`);
  for (const entry of roster()) {
    if (!/^(dlcc-wasm|torch)/.test(entry.id) || !entry.kinds.includes(c.kind) || "missing" in entry.start) continue;
    const peer = await Peer.start(entry);
    try {
      const { resident } = await peer.ask({ do: "prepare", case: c });
      console.log(`  ${entry.title.padEnd(40)} ${(resident / megabyte).toFixed(1).padStart(6)} MB`);
    } finally {
      peer.stop();
    }
  }
}

/** Prints it for each of the networks. */
export async function stepMemory(): Promise<void> {
  for (const c of cases) if (c.kind === "convolution") await measure(c);
}
