/** What the model that greets reads of digits that it never learned from: scanned, and drawn by a pen. */
import { prepareDigit } from "@dlcc/data";
import { buildNetwork } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { deserialize } from "@dlcc/io";
import { argmax, concat, type Tensor, tidy } from "@dlcc/tensor";
import { greetingNetwork, notADigit } from "../../src/greeting.ts";
import type { Drawing } from "../../src/messages.ts";
import { type Change, draw, strokesFrom } from "../../test/drawing.ts";
import { Hand } from "./drawings.ts";

/** What is drawn. */
const changes: Readonly<Record<string, readonly Change[]>> = {
  "drawn as they are": [{}],
  "turned by 15 degrees": [{ turn: -15 }, { turn: 15 }],
  "a quarter as high and wide": [{ size: 0.25 }],
};

/** Shares in per cent, by what is read. @param each How many test digits of each class are drawn. */
export async function measureGreeting(bytes: Uint8Array, each: number): Promise<Record<string, number>> {
  const { test } = embeddedDigits();
  const [pixels, labels] = [(await test.images.data()) as Float32Array, await test.labels.data()];
  const model = buildNetwork(greetingNetwork);
  model.loadStateDict(deserialize(bytes).tensors);
  model.eval();
  const share = async (x: Tensor, truth: ArrayLike<number>): Promise<number> => {
    const found = await tidy(() => argmax(model.forward(x.reshape([x.shape[0] ?? 0, 1, 28, 28])), 1)).data();
    return (100 * Array.from(found).filter((guess, i) => guess === truth[i]).length) / found.length;
  };
  const prepared = (drawings: readonly (Drawing | undefined)[]): Tensor =>
    concat(
      drawings.flatMap((drawing) => (drawing ? [prepareDigit(drawing)] : [])),
      0,
    );
  const rows = Array.from({ length: 10 }, (_, digit) =>
    [...labels.keys()].filter((row) => labels[row] === digit).slice(0, each),
  ).flat();
  const truth = rows.map((row) => labels[row] ?? 0);
  const scans = rows.map((row) => pixels.subarray(row * 784, (row + 1) * 784));
  const found: Record<string, number> = { scanned: await share(test.images, labels) };
  for (const [name, of] of Object.entries(changes)) {
    const shares: number[] = [];
    for (const change of of) shares.push(await share(prepared(scans.map((scan) => draw(scan, change))), truth));
    found[name] = shares.reduce((a, b) => a + b) / shares.length;
  }
  const hand = new Hand(99);
  const scribbles = prepared(scans.map((scan) => hand.scribble(strokesFrom(scan))));
  found.scribbles = await share(scribbles, new Array<number>(rows.length).fill(notADigit));
  return found;
}
