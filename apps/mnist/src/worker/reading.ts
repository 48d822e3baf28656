/** Drawings: how the visitor's network reads one, layer by layer, and how it learns from one. Loaded with the first drawing. */
import { asInput, losses, scores, valueFor } from "@dlcc/experiment";
import { sgd } from "@dlcc/optim";
import { type Tensor, tensor } from "@dlcc/tensor";
import { createStepper } from "@dlcc/train";
import type { Drawing, Reading } from "../messages.ts";
import { digitOf, noDigit } from "./digit-of.ts";
import { insideOf } from "./inside.ts";
import { insideOfImages } from "./inside-images.ts";
import { passThrough } from "./seen.ts";
import type { Session } from "./session.ts";

type Digit = NonNullable<ReturnType<typeof digitOf>>;

/** A digit's pixels as the network takes them. */
const shape = [1, 784];

/** Teaching: at most so many small steps on the drawn digit. */
const lessons = { steps: 20, lr: 0.02, sure: 0.9 } as const;

/** Reads a drawing, layer by layer. */
export async function readDrawing(of: Session, drawing: Drawing): Promise<Reading> {
  const digit = digitOf(drawing);
  return digit ? await readDigit(of, digit) : noDigit("own");
}

/** Reads a digit that is prepared. */
async function readDigit(of: Session, { pixels, digits }: Digit): Promise<Reading> {
  const { model, input, outputs } = of;
  model.eval();
  const x = tensor(pixels, { shape, backend: of.opened.backend });
  const { layers, scores: found } = await passThrough(model, {
    input: () => asInput(x, input),
    end: (output) => scores(output, outputs),
  });
  const inside = await (of.readsImages ? insideOfImages : insideOf)(model, x, of);
  x.dispose();
  const guess = found.indexOf(Math.max(...found));
  return { by: "own", pixels, digits, scores: found, guess, noDigit: 0, layers, inside };
}

/** Learns from a drawing: a few small steps, until it is sure. */
export async function teachDrawing(of: Session, drawing: Drawing, label: number): Promise<Reading> {
  const digit = digitOf(drawing);
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
  let reading = await readDigit(of, digit);
  for (let i = 0; i < lessons.steps && (reading.guess !== label || (reading.scores[label] ?? 0) < lessons.sure); i++) {
    stepper.step({ x, y });
    stepper.discard();
    reading = await readDigit(of, digit);
  }
  x.dispose();
  y.dispose();
  return reading;
}
