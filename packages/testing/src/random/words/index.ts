/** A row for each op: what is drawn for it, and what must come out. A word that is missing here fails a test. */
import { ops } from "@dlcc/tensor";
import type { Words } from "../word.ts";
import { choices } from "./choices.ts";
import { convolutions } from "./convolutions.ts";
import { elementwise } from "./elementwise.ts";
import { images } from "./images.ts";
import { order } from "./order.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";
import { shapes } from "./shapes.ts";
import { steps } from "./steps.ts";

/** The rows. */
export const words: Words = {
  ...elementwise,
  ...reductions,
  ...shapes,
  ...choices,
  ...products,
  ...convolutions,
  ...images,
  ...order,
  ...steps,
};

/** All ops that `@dlcc/tensor` has, in the order of the alphabet. */
export const wordsOfOps: readonly string[] = Object.entries(ops)
  .flatMap(([name, op]) => (typeof op === "function" ? [name] : []))
  .sort();
