import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Examples } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import { embeddedDigits } from "@dlcc/experiment/node";

/** Digits to learn from and to be tested on, and where they came from. */
export interface Digits {
  readonly train: Examples;
  readonly test: Examples;
  /** For people: which data these are. */
  readonly name: string;
  /** For people: why these. */
  readonly reason: string;
}

/** Where downloaded data are kept: the XDG cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  return path.join(base, "dlcc", "mnist");
}

/** Given in place of a folder: the digits that come with the program, whatever else there is. */
const embedded = "embedded";

/** The first folder that is named, in the order: the option, the environment, the cache; undefined for no folder. */
export function chooseFolder(
  option: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): { folder: string; reason: string } | undefined {
  if (option === embedded) return undefined;
  if (option !== undefined) return { folder: option, reason: "--data" };
  const variable = environment.DLCC_MNIST_DIR;
  if (variable) return { folder: variable, reason: "DLCC_MNIST_DIR" };
  const cache = cacheFolder(environment);
  // What begins with a dot is no file of the data: a download that was killed, say.
  const filled = existsSync(cache) && readdirSync(cache).some((name) => !name.startsWith("."));
  if (filled) return { folder: cache, reason: "the cache" };
  return undefined;
}

/** Finds the digits: in the folder that was named, else those that come with the program. */
export async function findDigits(option: string | undefined): Promise<Digits> {
  const chosen = chooseFolder(option);
  if (!chosen) {
    const digits = embeddedDigits();
    const name = "the embedded 10,000 MNIST digits";
    return { ...digits, name, reason: option === undefined ? "no others were named or fetched" : "--data" };
  }
  const { train, test } = await loadMnist(chosen.folder);
  return { train, test, name: `MNIST in ${chosen.folder}`, reason: chosen.reason };
}
