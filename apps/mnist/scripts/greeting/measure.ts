/** What the model that greets reads of digits that it never learned from: scanned, drawn by a pen, and typed. */
import { findDigit } from "@dlcc/data";
import { buildNetwork } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { deserialize } from "@dlcc/io";
import type { Tensor } from "@dlcc/tensor";
import { greetingNetwork, notADigit } from "../../src/greeting.ts";
import { drawnSheets, shareOf, sheetOf, strokesOfDigits, typedSheet } from "../../test/sheets.ts";
import { Hand } from "./drawings.ts";

/** What is drawn. */
const changes = {
  "drawn as they are": [{}],
  "turned by 15 degrees": [{ turn: -15 }, { turn: 15 }],
  "a quarter as high and wide": [{ size: 0.25 }],
} as const;

/** Shares in per cent, by what is read. */
export type Shares = Readonly<Record<keyof typeof changes | "typed in six fonts" | "scanned" | "scribbles", number>>;

/** Measures a model. @param each How many test digits of each class are drawn. */
export async function measureGreeting(bytes: Uint8Array, each: number): Promise<Shares> {
  const model = buildNetwork(greetingNetwork);
  model.loadStateDict(deserialize(bytes).tensors);
  model.eval();
  const forward = (x: Tensor): Tensor => model.forward(x.reshape([x.shape[0] ?? 0, 1, 28, 28]));
  const { images, labels } = embeddedDigits().test;
  const { strokes } = await strokesOfDigits(each);
  const hand = new Hand(99);
  // Others are known without a network.
  const scribbles = strokes.flatMap((digit) => hand.scribble(digit) ?? []).filter(findDigit);
  const drawn = await drawnSheets(changes, each);
  return {
    scanned: await shareOf(forward, [{ images, truth: [...(await labels.data())] }]),
    "drawn as they are": await shareOf(forward, drawn["drawn as they are"]),
    "turned by 15 degrees": await shareOf(forward, drawn["turned by 15 degrees"]),
    "a quarter as high and wide": await shareOf(forward, drawn["a quarter as high and wide"]),
    "typed in six fonts": await shareOf(forward, [await typedSheet()]),
    scribbles: await shareOf(forward, [sheetOf(scribbles, Array<number>(scribbles.length).fill(notADigit))]),
  };
}
