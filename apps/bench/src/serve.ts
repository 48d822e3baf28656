/** The contender's end of the protocol; the same for all that are written in TypeScript. */
import { createInterface } from "node:readline";
import { type Case, isProduct, type LayerCase } from "./cases.ts";
import { type Failed, type Hello, type Measured, type Prepared, type Request, sampleMilliseconds } from "./protocol.ts";
import { checksum, factors, type Layer, layer, type Training, training } from "./recipe.ts";
import { checkedSteps } from "./reference.ts";

/** A case, ready to run. */
export interface Workload {
  /**
   * Does the work so many times, all of it, and reads the result of the last time back into JavaScript: the product, or
   * the loss before the last update.
   */
  run(iterations: number): Promise<ArrayLike<number>>;
  /** Frees what the workload holds. */
  dispose(): void;
}

/** What a contender brings. */
export interface Contender {
  readonly version: string;
  matmul(n: number, a: Float32Array, b: Float32Array): Workload;
  step(training: Training): Workload;
  /** For those that take part in it. */
  layer?(pass: LayerCase["pass"], batch: number, operands: Layer): Workload;
}

/** The case at hand. */
interface Prepare {
  readonly case: Case;
  readonly workload: Workload;
  /** Milliseconds an iteration, when last measured. */
  pace: number;
}

/** Answers the parent until it closes the pipe. */
export async function serve(contender: Contender): Promise<void> {
  // Whatever a library has to say must not get between the answers.
  console.log = console.info = console.debug = console.error;
  const say = (message: Hello | Prepared | Measured | Failed): void => {
    process.stdout.write(`${JSON.stringify(message)}\n`);
  };
  say({ version: contender.version });
  let current: Prepare | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const request = JSON.parse(line) as Request;
      if (request.do === "prepare") {
        current?.workload.dispose();
        const before = largestResident();
        current = { case: request.case, workload: build(contender, request.case), pace: 0 };
        const prepared = await prepare(current);
        say({ ...prepared, resident: largestResident() - before });
      } else if (current) say(await measure(current, request.milliseconds));
      else throw new Error("there is no case to measure: ask to prepare one");
    } catch (error) {
      say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}

function build(contender: Contender, c: Case): Workload {
  if (!isProduct(c)) return contender.step(training(c.network, c.batch));
  const workload = c.kind === "layer" ? contender.layer?.(c.pass, c.batch, layer(c)) : undefined;
  if (workload) return workload;
  if (c.kind === "layer") throw new Error(`it has nothing for ${c.kind}`);
  const { a, b } = factors(c.n);
  return contender.matmul(c.n, a, b);
}

/** In bytes; Node has it in kilobytes. */
const largestResident = (): number => 1024 * process.resourceUsage().maxRSS;

async function prepare(current: Prepare): Promise<Omit<Prepared, "resident">> {
  // The loss after k steps is the one that step k + 1 begins with.
  const iterations = isProduct(current.case) ? 1 : checkedSteps + 1;
  const start = performance.now();
  const result = await current.workload.run(iterations);
  current.pace = (performance.now() - start) / iterations;
  return { check: verdict(current.case, result), milliseconds: current.pace };
}

async function measure(current: Prepare, milliseconds: number): Promise<Measured> {
  const samples: number[] = [];
  const values: number[] = [];
  const begin = performance.now();
  do {
    const iterations = Math.max(1, Math.round(sampleMilliseconds / current.pace));
    const start = performance.now();
    const result = await current.workload.run(iterations);
    current.pace = (performance.now() - start) / iterations;
    samples.push(current.pace);
    values.push(verdict(current.case, result));
  } while (performance.now() - begin < milliseconds);
  return { samples, values };
}

/** Outside of the timed span. */
const verdict = (c: Case, result: ArrayLike<number>): number =>
  isProduct(c) ? checksum(c, result) : (result[0] as number);
