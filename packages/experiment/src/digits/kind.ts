import { type LoadedModel, ModelFileError } from "../model/format.ts";

/** How many pixels each of MNIST's images has: 28×28. A network takes them in a row, or as an image. */
const digitPixels = 784;

/** The classes of MNIST: `0` to `9`. */
export const digitClasses: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * Checks that a model reads MNIST's digits: it takes 784 pixels, in a row or as an image, and has the ten classes.
 *
 * @throws {ModelFileError} if the model is for something else.
 * @example
 * ```ts
 * import { checkReadsDigits } from "@dlcc/experiment";
 *
 * try {
 *   checkReadsDigits({ file: "iris.safetensors", input: { shape: [4], range: [-1, 1] }, classes: ["setosa", "virginica"] });
 * } catch (error) {
 *   console.log((error as Error).message.slice(0, 44)); // → iris.safetensors: the model must read digits
 * }
 * ```
 */
export function checkReadsDigits({ file, input, classes }: Pick<LoadedModel, "file" | "input" | "classes">): void {
  const pixels = input.shape.reduce((product, n) => product * n, 1);
  if (pixels === digitPixels && classes.join() === digitClasses.join()) return;
  throw new ModelFileError(
    `${file}: the model must read digits, with an input of ${digitPixels} pixels and the classes ${digitClasses.join(", ")}, got an input of [${input.shape}] and the classes ${classes.join(", ")}. dlcc train mnist --out FILE makes one`,
  );
}
