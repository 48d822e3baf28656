import type { Examples } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import type { Backend } from "@dlcc/tensor";
import { chooseFolder } from "../digits/find.ts";
import { open } from "../network/backends.ts";
import type { Recipe } from "./recipe.ts";

/** What experiments are made with: digits, and something that computes. */
export interface Laboratory {
  /** All that MNIST has to learn from. */
  readonly train: Examples;
  readonly test: Examples;
  /** Where they are from. */
  readonly folder: string;
  readonly backend: Backend;
  /** What is said of it. */
  readonly title: string;
}

/** Where to look for the digits, and what is to compute. */
export interface LaboratoryOptions {
  readonly data?: string;
  readonly backend: string;
  readonly threads: number;
}

/** Reads MNIST and makes the backend. @throws if no folder with MNIST is known: the digits that come with dlcc are too few. */
export async function openLaboratory({ data, backend: name, threads }: LaboratoryOptions): Promise<Laboratory> {
  const chosen = chooseFolder(data);
  if (!chosen) {
    throw new Error(
      "what was published was measured on all the 70,000 digits of MNIST, and those that come with dlcc are 10,000: " +
        "dlcc data fetch mnist downloads all of them, 12 MB; or name a folder that has them, with --data or DLCC_MNIST_DIR",
    );
  }
  const { train, test } = await loadMnist(chosen.folder);
  return { train, test, folder: chosen.folder, ...(await open(name, threads)) };
}

/** The pixels of a digit. */
const pixels = 784;

/** @throws if there are not the digits that a recipe is for. */
export function checkDigits({ name, ...recipe }: Recipe, { train, test, folder }: Laboratory): void {
  const [learn = 0, width] = train.images.shape;
  const [judge = 0] = test.images.shape;
  const found = `the data in ${folder} have ${learn} and ${judge} images of ${width} pixels`;
  if (recipe.kind === "gradients") {
    const { examples } = recipe.settings;
    if (learn >= examples && width === pixels) return;
    throw new Error(`${name} takes the first ${examples} digits of ${pixels} pixels: ${found}`);
  }
  const { train: learned, validation, test: judged } = recipe.settings;
  if (learn === learned + validation && judge === judged && width === pixels) return;
  throw new Error(
    `${name} takes ${learned + validation} digits to learn from and ${judged} for the test, of ${pixels} pixels: ${found}`,
  );
}
