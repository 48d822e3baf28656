/** Drawings: how the visitor's network reads one, layer by layer, and how it learns from one. Loaded with the first drawing. */
import { findDigit } from "@dlcc/data";
import { activations, asInput, losses, scores, valueFor } from "@dlcc/experiment";
import { callLayer, Dropout, Flatten, type Layer, Linear, MaxPool2d, Sequential } from "@dlcc/layers";
import { sgd } from "@dlcc/optim";
import { type Tensor, tensor, tidy, unrecorded } from "@dlcc/tensor";
import { createStepper } from "@dlcc/train";
import type { Drawing, Reading, SeenBy } from "../messages.ts";
import { insideOf } from "./inside.ts";
import { insideOfImages } from "./inside-images.ts";
import { noDigit } from "./no-digit.ts";
import type { Session } from "./session.ts";

/** A digit's pixels as the network takes them. */
const shape = [1, 784];

/** Teaching: at most so many small steps on the drawn digit. */
const lessons = { steps: 20, lr: 0.02, sure: 0.9 } as const;

/** What the numbers are that a layer gives: weighted sums, what an activation makes of them, or those that go on. */
function nameOf(layer: Layer | undefined, [, count, height, width]: readonly number[]): string {
  const what = height === undefined ? `${count} ${layer instanceof Linear ? "weighted sums" : "units"}` : "";
  const maps = height === undefined ? "" : `${count} maps of ${height}×${width}`;
  const label = typeof layer === "function" && "label" in layer ? layer.label : undefined;
  const after = label === undefined ? "" : `, after ${activations.find(({ name }) => name === label)?.title ?? label}`;
  return `${what}${maps}${after}${layer instanceof MaxPool2d ? ", the largest of each window" : ""}`;
}

/** What a layer gives, unless it only hands on what it was given. */
const seen = async (layer: Layer | undefined, value: Tensor): Promise<SeenBy[]> => {
  if (layer instanceof Flatten || layer instanceof Dropout) return [];
  const [, count = 1, height, width] = value.shape;
  const values = (await value.data()) as Float32Array;
  const maps = height !== undefined && height === width ? { maps: count } : {};
  return [{ name: nameOf(layer, value.shape), values, ...maps }];
};

/** Reads a drawing, layer by layer. */
export async function readDrawing(of: Session, drawing: Drawing): Promise<Reading> {
  const digit = findDigit(drawing);
  return digit ? await readDigit(of, digit.pixels) : noDigit("own");
}

/** Reads a digit that is prepared. */
async function readDigit(of: Session, pixels: Float32Array): Promise<Reading> {
  const { model, input, outputs } = of;
  model.eval();
  const x = tensor(pixels, { shape, backend: of.opened.backend });
  const stack = model instanceof Sequential ? model.layers : [model];
  const made = unrecorded(() =>
    tidy(() => {
      let value = asInput(x, input);
      const values = stack.map((layer) => {
        value = callLayer(layer, value);
        return value;
      });
      return { values, scores: scores(value, outputs) };
    }),
  );
  const found = [...(await made.scores.data())];
  const layers: SeenBy[] = [];
  for (const [i, value] of made.values.entries()) {
    // The last layer is what the bars show.
    if (i < made.values.length - 1) layers.push(...(await seen(stack[i], value)));
    value.dispose();
  }
  made.scores.dispose();
  const inside = await (of.readsImages ? insideOfImages : insideOf)(model, x, of);
  x.dispose();
  const guess = found.indexOf(Math.max(...found));
  return { by: "own", pixels, scores: found, guess, noDigit: 0, layers, inside };
}

/** Learns from a drawing: a few small steps, until it is sure. */
export async function teachDrawing(of: Session, drawing: Drawing, label: number): Promise<Reading> {
  const digit = findDigit(drawing);
  if (!digit) return noDigit("own");
  const { backend } = of.opened;
  const optimizer = sgd(of.model.parameters(), { lr: lessons.lr });
  const model = {
    forward: (x: Tensor) => of.model.forward(asInput(x, of.input)),
    parameters: () => of.model.parameters(),
  };
  const stepper = createStepper({ model, loss: valueFor(losses, of.loss), optimizer });
  const x = tensor(digit.pixels, { shape, backend });
  const y = tensor([label], { dtype: "int32", backend });
  let reading = await readDigit(of, digit.pixels);
  for (let i = 0; i < lessons.steps && (reading.guess !== label || (reading.scores[label] ?? 0) < lessons.sure); i++) {
    stepper.step({ x, y });
    stepper.discard();
    reading = await readDigit(of, digit.pixels);
  }
  x.dispose();
  y.dispose();
  return reading;
}
