/** The machine's BLAS, for the tests that need one. In CI there must be one; elsewhere the tests say that there is none. */
import { type BlasBackend, createBlas } from "@dlcc/blas";
import { describe, test } from "vitest";

/** Runs a suite on the machine's BLAS. */
export async function describeBlas(name: string, suite: (backend: BlasBackend) => void): Promise<void> {
  const backend = await createBlas({ threads: 2 }).catch((error: unknown) => {
    if (process.env.CI) throw error;
    return error as Error;
  });
  if (backend instanceof Error) test.skip(`${name}: ${backend.message}`, () => {});
  else describe(name, () => suite(backend));
}
