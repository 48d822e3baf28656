/** The model that greets the visitor reads drawings. It is small: plain TypeScript computes it. Loaded when it is asked for first. */
import { buildNetwork } from "@dlcc/experiment";
import { deserialize } from "@dlcc/io";
import type { Sequential } from "@dlcc/layers";
import { softmax, tensor } from "@dlcc/tensor";
import address from "../greeting.safetensors?url";
import { greetingNetwork, notADigit } from "../greeting.ts";
import type { Drawing, Reading } from "../messages.ts";
import { digitOf, noDigit } from "./digit-of.ts";
import { passThrough } from "./seen.ts";

let model: Promise<Sequential> | undefined;

async function load(): Promise<Sequential> {
  const response = await fetch(address);
  if (!response.ok)
    throw new Error(`The model that comes with the page could not be loaded: the site answers ${response.status}.`);
  const made = buildNetwork(greetingNetwork);
  made.loadStateDict(deserialize(new Uint8Array(await response.arrayBuffer())).tensors);
  made.eval();
  return made;
}

/** Reads a drawing. */
export async function greet(drawing: Drawing): Promise<Reading> {
  model ??= load();
  // After a failure it is tried again.
  const made = await model.catch((error: unknown) => {
    model = undefined;
    throw error;
  });
  const digit = digitOf(drawing);
  if (!digit) return noDigit("greeting");
  const { layers, scores } = await passThrough(made, {
    input: () => tensor(digit.pixels, { shape: [1, 1, 28, 28] }),
    end: (output) => softmax(output),
    brief: true,
  });
  const ofDigits = scores.slice(0, notADigit);
  return {
    ...digit,
    by: "greeting",
    scores: ofDigits,
    guess: ofDigits.indexOf(Math.max(...ofDigits)),
    noDigit: scores[notADigit] ?? 0,
    layers,
  };
}
