import { existsSync, readdirSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import type { Examples } from "@dlcc/data";
import { loadMnist, openMnist } from "@dlcc/data/node";
import { digitClasses } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import type { Part } from "../batches.ts";

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
  /** The rows and columns of an image. */
  readonly size: readonly [rows: number, columns: number];
  /** The names of the classes, by label. */
  readonly classes: readonly string[];
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
    const why = option === undefined ? "no other data found" : "--data";
    return { ...digits, name, reason: why, data: embedded, size: [28, 28], classes: digitClasses };
  }
  const { train, test, size, classes } = await loadMnist(chosen.folder);
  return { train, test, size, ...(await describe(chosen, classes)) };
}

/** Digits in memory or on disk. They must be closed. */
export interface OpenDigits extends Omit<Digits, "train" | "test"> {
  readonly train: Part;
  readonly test: Part;
  close(): Promise<void>;
}

/** From this size on a file of images is read in parts: in memory it takes four times as much. */
const largeFile = 256 * 2 ** 20;

/**
 * Finds the digits as {@link findDigits} does. Those in large files stay on disk.
 *
 * @param stream Whether to leave them there. Default: by the size of the largest file.
 */
export async function openDigits(option: string | undefined, stream: boolean | undefined): Promise<OpenDigits> {
  const chosen = chooseFolder(option);
  if (!chosen || !(stream ?? (await largest(chosen.folder)) > largeFile)) {
    return { ...(await findDigits(option)), close: async () => {} };
  }
  const { train, test, size, classes } = await openMnist(chosen.folder);
  const close = async (): Promise<void> => {
    await train.close();
    await test.close();
  };
  try {
    return { train, test, size, ...(await describe(chosen, classes)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What people see of the data of a folder. @param count How many classes its labels have. */
async function describe(
  { folder, reason }: { readonly folder: string; readonly reason: string },
  count: number,
): Promise<Pick<Digits, "name" | "reason" | "data" | "classes">> {
  const classes = await namesIn(path.join(folder, namesFile), count);
  return { name: `MNIST in ${folder}`, reason, data: path.resolve(folder), classes };
}

/** The names of the classes, if the folder has them: a line for each label, in their order. */
const namesFile = "classes.txt";

/** The names in a file; without the file, the labels themselves. */
async function namesIn(file: string, count: number): Promise<readonly string[]> {
  if (!existsSync(file)) return Array.from({ length: count }, (_, label) => `${label}`);
  const names = (await readFile(file, "utf8")).split("\n").map((line) => line.trim());
  const found = names.slice(0, names.findLastIndex((name) => name !== "") + 1);
  if (found.length >= count && found.every((name) => name !== "")) return found;
  throw new Error(
    `${file} must have a name for each of the ${count} labels, one a line, got ${found.filter(Boolean).length}`,
  );
}

/** The size of the largest file of a folder; 0 if it can't be read, which reading the files explains. */
async function largest(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((most, size) => Math.max(most, size), 0);
}
