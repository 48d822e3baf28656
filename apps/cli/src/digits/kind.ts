import { type LoadedModel, ModelFileError } from "../model-format.ts";

/** What each of MNIST's images is: 28×28 pixels in a row. */
const digitShape: readonly number[] = [784];

/** What they show. */
export const digitClasses: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** @throws {ModelFileError} if a model is for something else than MNIST's digits. */
export function checkReadsDigits({ file, input, classes }: LoadedModel): void {
  if (input.shape.join() === digitShape.join() && classes.join() === digitClasses.join()) return;
  throw new ModelFileError(
    `${file} is no model for digits: it takes [${input.shape}] and tells ${classes.join(", ")}, and a digit is [${digitShape}] and one of ${digitClasses.join(", ")}. dlcc train mnist --out FILE makes one`,
  );
}
