import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Examples } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import { embeddedDigits } from "@dlcc/experiment/node";

/** Digits for training and test, and their origin. */
export interface Digits {
  readonly train: Examples;
  readonly test: Examples;
  /** For people: the name of the data. */
  readonly name: string;
  /** For people: the reason for choosing them. */
  readonly reason: string;
  /** The value of `--data` that finds them again, from any folder. */
  readonly data: string;
}

/** The folder of downloaded data: in the XDG cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  return path.join(base, "dlcc", "mnist");
}

/** The value of `--data` for the digits that come with the program. */
const embedded = "embedded";

/** The first folder of these: the option's, the environment's, the cache; undefined for none. */
export function chooseFolder(
  option: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): { folder: string; reason: string } | undefined {
  if (option === embedded) return undefined;
  if (option !== undefined) return { folder: option, reason: "--data" };
  const variable = environment.DLCC_MNIST_DIR;
  if (variable) return { folder: variable, reason: "DLCC_MNIST_DIR" };
  const cache = cacheFolder(environment);
  // Names that begin with a dot are not data: a killed download leaves one, say.
  const filled = existsSync(cache) && readdirSync(cache).some((name) => !name.startsWith("."));
  if (filled) return { folder: cache, reason: "the cache" };
  return undefined;
}

/** Finds the digits: in the chosen folder, else those that come with the program. */
export async function findDigits(option: string | undefined): Promise<Digits> {
  const chosen = chooseFolder(option);
  if (!chosen) {
    const digits = embeddedDigits();
    const name = "the embedded 10,000 MNIST digits";
    return { ...digits, name, reason: option === undefined ? "no other data found" : "--data", data: embedded };
  }
  const { train, test } = await loadMnist(chosen.folder);
  const { folder, reason } = chosen;
  return { train, test, name: `MNIST in ${folder}`, reason, data: path.resolve(folder) };
}
