import { type GrayImage, prepareDigit } from "@dlcc/data";
import { asInput, digitClasses, type LoadedModel, scoreNames, scores } from "@dlcc/experiment";
import { loadModel } from "@dlcc/experiment/node";
import { type Tensor, tidy, unrecorded } from "@dlcc/tensor";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { largest } from "../largest.ts";
import { messageOf } from "../message.ts";
import { fitPicture } from "../pictures/fit.ts";
import { readPng } from "../pictures/png.ts";
import { schemaOf } from "../table/model.ts";
import { predictionLines } from "../terminal/prediction.ts";
import { predictTable } from "./predict-table.ts";

interface PredictOptions {
  readonly json?: boolean;
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
}

/** Adds `predict`. */
export function addPredict(program: Command, context: Context): void {
  program
    .command("predict")
    .argument("<model>", "a file that dlcc train --out wrote")
    .argument("<file...>", "PNG files, one digit or thing on each; or CSV files with the model's columns")
    .summary("read digits in pictures, or predict rows of a table")
    .description(
      "Uses a saved model.\n\n" +
        "A model for digits reads one digit in each picture: a PNG of any size and colours, light on dark or dark on light. " +
        "A picture is prepared as MNIST's digits were: its longer side is scaled to 20 pixels, and its centre of mass is put into the middle of 28x28.\n\n" +
        "A model for other images takes a picture scaled to their size, light on dark.\n\n" +
        "A model for a table predicts the target of each row of CSV files.",
    )
    .option("--json", "print one JSON object per picture or row, and nothing else")
    .addHelpText(
      "after",
      "\nExamples:\n  dlcc predict model.safetensors three.png seven.png\n  dlcc predict iris.safetensors new.csv",
    )
    .action(async (file: string, files: string[], { json }: PredictOptions) => {
      const loaded = await loadModel(file);
      const schema = schemaOf(loaded);
      if (!schema) sizeOf(loaded); // A model that reads no pictures is refused before the first of them.
      for (const image of files) {
        try {
          if (schema) await predictTable(loaded, schema, image, json, context.write);
          else await predictImage(loaded, image, json, context);
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
  json: boolean | undefined,
  context: Context,
): Promise<void> {
  const prediction = await predict(loaded, image);
  const lines = json ? [asJson(loaded, image, prediction)] : asText(loaded, image, prediction, context);
  for (const line of lines) context.write(line);
}

/** Runs a network on an image. */
async function predict({ file, model, input, classes, outputs }: LoadedModel, image: string): Promise<Prediction> {
  const size = sizeOf({ file, input });
  const gray = await readPng(image);
  const readsDigits = size.join() === "28,28" && classes.join() === digitClasses.join();
  const pixels = readsDigits ? prepare(image, gray) : fitPicture(gray, size);
  const result = unrecorded(() => tidy(() => scores(model.forward(asInput(pixels, input)), outputs)));
  const found = [...(await result.data())];
  const best = found.indexOf(largest(found));
  return { guess: classes[best] ?? "?", scores: found, pixels: [...(await pixels.data())], width: size[1] };
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

function prepare(image: string, gray: GrayImage): Tensor {
  try {
    return prepareDigit(gray);
  } catch (cause) {
    throw new Error(`${image}: ${messageOf(cause)}`, { cause });
  }
}

const asJson = ({ classes, outputs }: LoadedModel, image: string, { guess, scores }: Prediction): string =>
  JSON.stringify({
    event: "prediction",
    image,
    guess,
    [scoreNames[outputs]]: Object.fromEntries(classes.map((name, i) => [name, scores[i]])),
  });

const asText = (
  { classes, outputs }: LoadedModel,
  image: string,
  prediction: Prediction,
  { screen }: Context,
): string[] => predictionLines({ ...prediction, image, classes, kind: scoreNames[outputs] }, screen);
