/** What `hosts/program.js` gives on a host, and what it must be. */
import { expect } from "vitest";

interface Trained {
  readonly loss: number;
  readonly xor: readonly (readonly number[])[];
  readonly product: number;
}
interface OnWasm extends Trained {
  readonly threads: number;
  readonly note?: string;
}

/** The results on cpu, and on wasm with one thread, with two, and with as many as it likes. */
export interface Results {
  readonly cpu: Trained;
  readonly one: OnWasm;
  readonly two: OnWasm;
  readonly free: OnWasm;
}

/** The files of a project in which the program runs. */
export const programFile = "apps/packaging/hosts/program.js";

const learned = [[0], [1], [1], [0]];
const trained = ({ loss, xor, product }: Trained): Trained => ({ loss, xor, product });

/**
 * Checks that a host has learned XOR on every backend, with the same bits on wasm as the `reference`, and with the same
 * six digits on cpu, whose functions are the engine's.
 */
export function expectSame(results: Results, reference: Results): void {
  const { cpu, one, two, free } = results;
  for (const result of [cpu, one, two, free]) expect(result).toMatchObject({ xor: learned });
  expect(cpu.loss.toFixed(6)).toBe(reference.cpu.loss.toFixed(6));
  expect(cpu.loss).toBeLessThan(0.01);
  for (const result of [one, two, free]) expect(trained(result)).toEqual(trained(reference.one));
}

/** The cells of a row of the tables in the guide: cpu, wasm with one thread, wasm with threads, XOR. */
export function cells({ cpu, one, two }: Results): string[] {
  const learns = [cpu, one, two].every(({ xor }) => String(xor) === String(learned));
  return ["✓", one.threads === 1 ? "✓" : "–", two.threads === 2 ? "✓" : "one thread, with a note", learns ? "✓" : "–"];
}
