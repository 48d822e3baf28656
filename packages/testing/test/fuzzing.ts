/** What the fuzzers share: random and damaged bytes, and the judge. */
import { Ordeal } from "@dlcc/testing/node";
import fc from "fast-check";

const total = Number(process.env.DLCC_FUZZ_CASES ?? 2000);
const seed = Number(process.env.DLCC_FUZZ_SEED ?? 1);

/** A share from 0 to below 1, evenly: `fc.double` gives numbers near 0 almost always, as most floats are. */
const share = fc.nat(9999).map((n) => n / 10_000);

/** A change of some bytes: one is set, some are taken out, repeated, or put in; the rest is cut off. */
const edit = fc.record({
  kind: fc.constantFrom("set", "set", "set", "set", "remove", "repeat", "insert", "cut"),
  at: share,
  bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  length: fc.integer({ min: 1, max: 64 }),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  let out = bytes;
  for (const { kind, at, bytes: some, length } of edits) {
    const place = Math.floor(at * out.length);
    const [before, after] = [out.subarray(0, place), out.subarray(place)];
    if (kind === "cut") out = before;
    else if (kind === "remove") out = Buffer.concat([before, after.subarray(length)]);
    else if (kind === "repeat") out = Buffer.concat([before, after.subarray(0, length), after]);
    else if (kind === "insert") out = Buffer.concat([before, some, after]);
    else out = Buffer.concat([before, some, after.subarray(some.length)]);
  }
  return new Uint8Array(out);
}

/** Good files with some changes, and bytes of all kinds. */
export const files = (...good: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...good), fc.array(edit, { minLength: 1, maxLength: 3 }))
        .map(([file, edits]) => edited(file, edits)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  );

/** Judges cases: a share of all. */
export async function run<T>(
  name: string,
  share: number,
  inputs: fc.Arbitrary<T>,
  take: (input: T) => Case,
): Promise<void> {
  const ordeal = new Ordeal(name);
  try {
    const property = fc.asyncProperty(inputs, async (input) => {
      const { what, size, run } = take(input);
      await ordeal.judge(what, size, run);
    });
    await fc.assert(property, { numRuns: Math.max(1, Math.round(share * total)), seed });
  } finally {
    console.log(ordeal.end());
  }
}

/** A case: what it is, how large, and what takes it. */
interface Case {
  readonly size: number;
  readonly what: string;
  readonly run: () => unknown;
}

/** A case that is bytes. */
export const bytesOf =
  (read: (bytes: Uint8Array) => unknown) =>
  (bytes: Uint8Array): Case => ({
    size: bytes.length,
    what: Buffer.from(bytes).toString("hex"),
    run: () => read(bytes),
  });
