/** Measures one case of one contender, in Node or in a page. */
import { factors, training } from "../recipe.ts";
import type { Contender } from "../serve.ts";
import type { GpuCase } from "./cases.ts";

/** How long to measure, and how long a sample is, in milliseconds. */
const [total, sample] = [1500, 250];
/** A first run that takes longer is all that is measured. */
const patience = 15_000;

/** What came of it: milliseconds an iteration, the median of the samples; and a number of the result, to compare. */
export interface Figure {
  readonly milliseconds: number;
  readonly result: number;
}

/** Measures. Each run ends with a read, so the device has done all of it. */
export async function measure(contender: Contender, what: GpuCase): Promise<Figure> {
  const workload =
    "n" in what
      ? contender.matmul(what.n, factors(what.n).a, factors(what.n).b)
      : contender.step(training(what.network, what.batch));
  try {
    // The loss after two steps; of a product, an element. Kernels are compiled, and tuned, on the way.
    const result = (await workload.run(3))[0] ?? Number.NaN;
    const timed = async (iterations: number): Promise<number> => {
      const start = performance.now();
      await workload.run(iterations);
      return (performance.now() - start) / iterations;
    };
    let pace = await timed(1);
    if (pace > patience) return { milliseconds: pace, result };
    pace = await timed(Math.max(1, Math.round(50 / pace)));
    const samples: number[] = [];
    const begin = performance.now();
    do {
      pace = await timed(Math.max(1, Math.round(sample / pace)));
      samples.push(pace);
    } while (performance.now() - begin < total);
    samples.sort((a, b) => a - b);
    return { milliseconds: samples[samples.length >> 1] as number, result };
  } finally {
    workload.dispose();
  }
}
