import { type LoadedModel, ModelFileError } from "../model/format.ts";

/** What each of MNIST's images is: 28×28 pixels in a row. */
const digitShape: readonly number[] = [784];

/** The classes of MNIST: `0` to `9`. */
export const digitClasses: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * Checks that a model reads MNIST's digits: it takes 784 pixels and tells the ten classes.
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
  if (input.shape.join() === digitShape.join() && classes.join() === digitClasses.join()) return;
  throw new ModelFileError(
    `${file}: the model must read digits, with an input of [${digitShape}] and the classes ${digitClasses.join(", ")}; its input is [${input.shape}], its classes are ${classes.join(", ")}. dlcc train mnist --out FILE makes one`,
  );
}
