import type { Backend } from "@dlcc/tensor";
import type { Case } from "./cases.ts";

/** The least length of a sample: clocks are imprecise below it, and the engine warms up meanwhile. */
const sampleTime = 10;

/**
 * The median time of one run, in milliseconds.
 *
 * @param budget The milliseconds to measure for; at least one sample is taken.
 */
export async function measure(case_: Case, backend: Backend, budget: number): Promise<number> {
  const run = await case_.prepare(backend);
  const time = async (runs: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < runs; i++) run();
    await backend.flush();
    return (performance.now() - start) / runs;
  };
  const end = performance.now() + budget;
  // The first run compiles. The second shows how many runs fit into a sample.
  await time(1);
  const runs = Math.max(1, Math.ceil(sampleTime / (await time(1))));
  const samples: number[] = [];
  do samples.push(await time(runs));
  while (performance.now() < end);
  return median(samples);
}

/** The figure in the case's own unit. */
export const figureOf = ({ unit, gigaOperations }: Case, milliseconds: number): number =>
  unit === "ms" ? milliseconds : gigaOperations / (milliseconds / 1000);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
