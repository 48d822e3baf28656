/**
 * The rows that a model has learned from: its file names the table by a digest, and says how it was divided, so that `dlcc eval`
 * on the same table judges the rows of the test alone.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** How a table was divided. */
export interface Split {
  /** The rows set aside for the test: a number, or a share below 1. */
  readonly test: number;
  readonly seed: number;
}

/** A table that a model has learned from. */
interface Origin extends Split {
  /** The digest of its bytes, in hexadecimal digits. */
  readonly sha256: string;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Reads what {@link originsWith} wrote; none if it is something else. */
function parse(json: string | undefined): readonly Origin[] {
  try {
    const list: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(list) ? list.filter(isOrigin) : [];
  } catch {
    return [];
  }
}

function isOrigin(value: unknown): value is Origin {
  const { sha256, test, seed } = (value ?? {}) as Partial<Origin>;
  const isWhole = Number.isSafeInteger(seed) && Number(seed) >= 0;
  return typeof sha256 === "string" && isWhole && Number.isFinite(test) && Number(test) >= 0;
}

/**
 * What the model's file says of the tables, oldest first.
 *
 * @param before The same of the model that the training began with.
 */
export async function originsWith(file: string, { test, seed }: Split, before: string | undefined): Promise<string> {
  const origin: Origin = { sha256: await digestOf(file), test, seed };
  const others = parse(before).filter((other) => JSON.stringify(other) !== JSON.stringify(origin));
  return JSON.stringify([...others, origin]);
}

/**
 * How a table was divided when the model learned from it; undefined if it didn't. If it was divided in more than one way, no row
 * is sure to be new, and none is left for the test.
 */
export async function splitOf(file: string, origins: string | undefined): Promise<Split | undefined> {
  const known = parse(origins);
  if (known.length === 0) return undefined;
  const sha256 = await digestOf(file);
  const [split, ...others] = known.filter((origin) => origin.sha256 === sha256);
  if (!split) return undefined;
  return others.length > 0 ? { test: 0, seed: split.seed } : { test: split.test, seed: split.seed };
}
