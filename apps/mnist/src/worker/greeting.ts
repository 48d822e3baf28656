/** The model that greets the visitor reads drawings. It is small: plain TypeScript computes it. Loaded when it is asked for first. */
import { findDigit } from "@dlcc/data";
import { buildNetwork } from "@dlcc/experiment";
import { deserialize } from "@dlcc/io";
import type { Sequential } from "@dlcc/layers";
import { softmax, tensor, tidy, unrecorded } from "@dlcc/tensor";
import address from "../greeting.safetensors?url";
import { greetingNetwork, notADigit } from "../greeting.ts";
import type { Drawing, Reading } from "../messages.ts";
import { noDigit } from "./no-digit.ts";

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
  const digit = findDigit(drawing);
  if (!digit) return noDigit("greeting");
  const { pixels } = digit;
  const found = unrecorded(() => tidy(() => softmax(made.forward(tensor(pixels, { shape: [1, 1, 28, 28] })))));
  const all = [...(await found.data())];
  const digits = all.slice(0, notADigit);
  return {
    by: "greeting",
    pixels,
    scores: digits,
    guess: digits.indexOf(Math.max(...digits)),
    noDigit: all[notADigit] ?? 0,
    layers: [],
  };
}
