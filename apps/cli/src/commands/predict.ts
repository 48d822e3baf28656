import { type FoundDigit, findDigits, type GrayImage } from "@dlcc/data";
import { asInput, digitClasses, type LoadedModel, scoreNames, scores } from "@dlcc/experiment";
import { loadModel } from "@dlcc/experiment/node";
import { type Tensor, tensor, tidy, unrecorded } from "@dlcc/tensor";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { doubtOf } from "../digits/doubt.ts";
import { largest } from "../largest.ts";
import { messageOf } from "../message.ts";
import { fitPicture } from "../pictures/fit.ts";
import { readPicture } from "../pictures/read.ts";
import { schemaOf } from "../table/model.ts";
import { predictionLines } from "../terminal/prediction.ts";
import { predictTable } from "./predict-table.ts";

interface PredictOptions {
  readonly json?: boolean | undefined;
  readonly digits?: boolean | undefined;
}

/** A network's prediction for an image. */
export interface Prediction {
  /** The class with the highest score. */
  readonly guess: string;
  readonly scores: readonly number[];
  /** The input of the network, pixels in 0..1. */
  readonly pixels: readonly number[];
  /** How many of them are in a row. */
  readonly width: number;
  /** Of a digit: its place in the file's picture, left, top, width and height. */
  readonly box?: readonly [number, number, number, number];
  /** Of a digit: why the guess is not sure; undefined if it is. */
  readonly doubt?: string | undefined;
}

/** Adds `predict`. */
export function addPredict(program: Command, context: Context): void {
  program
    .command("predict")
    .argument("<model>", "a file that dlcc train --out wrote")
    .argument("<file...>", "PNG or JPEG files, a digit or thing on each; or CSV files with the model's columns")
    .summary("read digits in pictures, or predict rows of a table")
    .description(
      "Uses a saved model.\n\n" +
        "A model for digits reads the largest digit in each picture, or with --digits all of them, line by line: a PNG or JPEG of any size and colours, light on dark or dark on light, a drawing or a photograph. " +
        "Shadows, lines, frames and specks are taken out, and the digit is prepared as MNIST's were: its longer side is scaled to 20 pixels, and its centre of mass is put into the middle of 28x28. " +
        "A guess that may be wrong is marked as not sure.\n\n" +
        "A model for other images takes a picture scaled to their size, light on dark.\n\n" +
        "A model for a table predicts the target of each row of CSV files.",
    )
    .option("--digits", "read all digits of a picture, one by one")
    .option("--json", "print one JSON object per picture or row, and nothing else")
    .addHelpText(
      "after",
      "\nExamples:\n  dlcc predict model.safetensors three.png seven.jpg\n  dlcc predict model.safetensors --digits telephone.jpg\n  dlcc predict iris.safetensors new.csv",
    )
    .action(async (file: string, files: string[], { json, digits }: PredictOptions) => {
      const loaded = await loadModel(file);
      const schema = schemaOf(loaded);
      if (!schema) sizeOf(loaded); // A model that reads no pictures is refused before the first of them.
      for (const image of files) {
        try {
          if (schema) await predictTable(loaded, schema, image, json, context.write);
          else await predictImage(loaded, image, { json, digits }, context);
        } catch (error) {
          const what = schema ? { file: image } : { image };
          if (json) context.write(JSON.stringify({ event: "error", ...what, message: messageOf(error) }));
          context.complain(error);
          context.exit(1);
        }
      }
    });
}

async function predictImage(
  loaded: LoadedModel,
  image: string,
  { json, digits }: PredictOptions,
  context: Context,
): Promise<void> {
  const predictions = await predict(loaded, image, digits);
  const several = digits && !json && predictions.length > 1;
  if (several)
    context.write(`${image}: ${predictions.length} digits, ${predictions.map(({ guess }) => guess).join(" ")}\n`);
  for (const [i, prediction] of predictions.entries()) {
    const name = several ? `${image}, digit ${i + 1} of ${predictions.length}` : image;
    const lines = json ? [asJson(loaded, image, prediction)] : asText(loaded, name, prediction, context);
    for (const line of lines) context.write(line);
  }
}

/** Runs a network on an image: on the largest of its digits, on all of them, or on the image as it is. */
async function predict(loaded: LoadedModel, image: string, all: boolean | undefined): Promise<Prediction[]> {
  const size = sizeOf(loaded);
  const gray = await readPicture(image);
  const readsDigits = size.join() === "28,28" && loaded.classes.join() === digitClasses.join();
  if (!readsDigits) {
    if (all) throw new Error(`${image}: --digits needs a model for digits, got one for ${loaded.classes.join(", ")}`);
    return [await read(loaded, fitPicture(gray, size), size[1])];
  }
  const found = digitsIn(image, gray);
  const sizes = found.map(({ width, height }) => Math.max(width, height));
  const first = found[sizes.indexOf(largest(sizes))] as FoundDigit;
  const predictions: Prediction[] = [];
  for (const digit of all ? found : [first]) {
    const { left, top, width, height, pixels } = digit;
    const prediction = await read(loaded, tensor(pixels, { shape: [1, pixels.length] }), size[1]);
    const several = `the picture has ${found.length} digits, and --digits reads them one by one`;
    const doubt = !all && found.length > 1 ? several : await doubtOf(loaded, pixels, prediction.scores);
    const { side } = gray;
    predictions.push({ ...prediction, box: [left * side, top * side, width * side, height * side], doubt });
  }
  return predictions;
}

/** The scores that a network gives to an input. */
async function read(
  { model, input, classes, outputs }: LoadedModel,
  pixels: Tensor,
  width: number,
): Promise<Prediction> {
  model.eval();
  const result = unrecorded(() => tidy(() => scores(model.forward(asInput(pixels, input)), outputs)));
  const found = [...(await result.data())];
  const best = found.indexOf(largest(found));
  return { guess: classes[best] ?? "?", scores: found, pixels: [...(await pixels.data())], width };
}

/** Rows and columns of the images that a model reads: pixels in a row are those of a square. */
function sizeOf({ file, input }: Pick<LoadedModel, "file" | "input">): readonly [rows: number, columns: number] {
  const { shape } = input;
  const side = Math.sqrt(shape[0] ?? 0);
  if (shape.length === 1 && Number.isInteger(side)) return [side, side];
  if (shape.length === 3 && shape[0] === 1) return shape.slice(1) as [number, number];
  throw new Error(
    `${file}: the model must read images in shades of gray, [1, rows, columns] or the pixels of a square in a row, got an input of [${shape}]`,
  );
}

/** The digits in a picture, one at least. */
function digitsIn(image: string, gray: GrayImage): FoundDigit[] {
  const found = findDigits(gray);
  if (found.length > 0) return found;
  throw new Error(
    `${image}: the image must show a digit, got a blank one of ${gray.width}×${gray.height}: nothing on it stands out from the paper`,
  );
}

const asJson = ({ classes, outputs }: LoadedModel, image: string, { guess, scores, box, doubt }: Prediction): string =>
  JSON.stringify({
    event: "prediction",
    image,
    guess,
    ...(box && { box, sure: doubt === undefined, ...(doubt !== undefined && { doubt }) }),
    [scoreNames[outputs]]: Object.fromEntries(classes.map((name, i) => [name, scores[i]])),
  });

const asText = (
  { classes, outputs }: LoadedModel,
  image: string,
  prediction: Prediction,
  { screen }: Context,
): string[] => predictionLines({ ...prediction, image, classes, kind: scoreNames[outputs] }, screen);
