import { printable } from "@dlcc/tensor";
import pc from "picocolors";
import { bars } from "./bars.ts";
import { halfBlocks } from "./picture.ts";
import type { Screen } from "./screen.ts";

/** A prediction for an image. */
export interface Shown {
  /** Its file. */
  readonly image: string;
  readonly classes: readonly string[];
  readonly guess: string;
  /** One for each class. */
  readonly scores: readonly number[];
  /** The name of the scores. */
  readonly kind: "probabilities" | "activations";
  /** The network's input: pixels from 0 to 1. */
  readonly pixels: readonly number[];
  /** How many of them are in a row. */
  readonly width: number;
  /** Why the guess is not sure. */
  readonly doubt?: string | undefined;
}

const indent = 2;
const gap = 3;
/** With less room than this beside the picture, the bars are below it. */
const roomForBars = 24;

/** The lines about an image: the guess, the scores as bars, and, in a terminal, the network's input. */
export function predictionLines(shown: Shown, screen: Screen): string[] {
  const { image, classes, guess, scores, kind, pixels, width: side, doubt } = shown;
  const picture = screen.isTerminal && screen.columns > side + indent ? halfBlocks(pixels, side, screen.colour) : [];
  const beside = screen.columns - indent - side - gap;
  const together = picture.length > 0 && beside >= roomForBars;
  const at = classes.indexOf(guess);
  const room = together ? beside : screen.columns - indent;
  const text = [
    `${pc.dim("guess")} ${pc.bold(pc.green(printable(guess, 60)))}${kind === "activations" ? pc.dim(" (activations)") : ""}${doubt === undefined ? "" : pc.yellow(", not sure")}`,
    "",
    ...bars(classes, scores, at, room).map((line, i) => (i === at ? pc.bold(line) : line)),
  ];
  const lines = together ? sideBySide(picture, text, side) : [...picture, ...text];
  const why = doubt === undefined ? [] : [`  ${pc.dim("not sure:")} ${doubt}`];
  return [pc.bold(printable(image)), ...why, ...lines.map((line) => `${" ".repeat(indent)}${line}`.trimEnd()), ""];
}

/** Puts the text beside the picture, centred. */
function sideBySide(picture: readonly string[], text: readonly string[], width: number): string[] {
  const above = Math.max(0, Math.floor((picture.length - text.length) / 2));
  return Array.from({ length: Math.max(picture.length, above + text.length) }, (_, i) => {
    return `${picture[i] ?? " ".repeat(width)}${" ".repeat(gap)}${text[i - above] ?? ""}`;
  });
}
