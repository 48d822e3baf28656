/** The sheet: what was drawn on it, who reads it, and what they read. Train and Draw have the same. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { addressIn } from "./address.ts";
import type { Drawing, ReaderName } from "./messages.ts";
import { Reader } from "./reader.ts";
import { ask, judged, onReading, progress, ready, writeAddress } from "./state.ts";
import { mostLetters, pictureOf, type Stroke, strokesIn, textOf } from "./strokes.ts";

/** Whether the strokes are an example that the page has drawn, and not the visitor. */
export const isExample = signal(false);

/** With an accuracy from this on, a network can read. */
const canRead = 0.8;
/** A model that is less sure of its answer than this is not sure. */
const sure = 0.8;

export const strokes = signal<readonly Stroke[]>([]);
/** A picture that was opened takes the place of the strokes. */
export const picture = signal<Drawing | undefined>(undefined);

/** Whether the network of Train can read. */
export const learned = computed(() => (judged.value?.accuracy ?? 0) >= canRead);
/** Who the visitor wants to read. */
export const chosenReader = signal<ReaderName | undefined>(undefined);
/** Until the visitor's own network can read, the model that comes with the page does. */
export const readerName = computed<ReaderName>(() => chosenReader.value ?? (learned.value ? "own" : "greeting"));

/** So long after a stroke someone is drawing, in milliseconds. */
const pause = 300;
let drawnAt = Number.NEGATIVE_INFINITY;

export const reader = new Reader((drawing) => {
  const drawingNow = performance.now() - drawnAt < pause;
  ask({ type: "read", drawing, by: readerName.value, drawingNow });
});

onReading((answer) => reader.answered(answer));

/** What is on the sheet, as a picture. */
export const drawing = (): Drawing | undefined => picture.value ?? pictureOf(strokes.value);

const read = (): void => {
  if (strokes.value.length > 0 || picture.value) reader.read(drawing);
};

export function setStrokes(next: readonly Stroke[], example = false): void {
  isExample.value = example;
  if (!example) drawnAt = performance.now();
  picture.value = undefined;
  strokes.value = next;
  if (next.length === 0) reader.clear();
  else read();
}

export function setPicture(next: Drawing): void {
  isExample.value = false;
  strokes.value = [];
  picture.value = next;
  read();
}

/** Another reader, another network, and one that has learned something since read the sheet anew. */
effect(() => {
  if (readerName.value === "own") void [ready.value, progress.value?.step, judged.value];
  untracked(read);
});

/** The guess, or that there is none. */
export const verdict = computed<{ readonly text: string; readonly sure: boolean; readonly why: string } | undefined>(
  () => {
    const found = reader.reading.value;
    if (!found) return undefined;
    const several = found.digits > 1 ? `${found.digits} digits are here: the largest was read.` : "";
    if (found.noDigit > 0.5)
      return { text: "?", sure: false, why: `This doesn’t look like a digit. ${several}`.trim() };
    const [first = 0, second = 1] = [...found.scores.keys()].sort(
      (a, b) => (found.scores[b] ?? 0) - (found.scores[a] ?? 0),
    );
    if ((found.scores[first] ?? 0) >= sure) return { text: String(first), sure: true, why: several };
    return { text: "?", sure: false, why: `Not sure: ${first} or ${second}? ${several}`.trim() };
  },
);

/** The browser allows no more than some changes of the address in a second: so long after one the next is made, in milliseconds. */
const rest = 300;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Goes with an address that the page has written: the way back to it brings no older drawing onto the sheet. */
const written = { sheet: true } as const;

/** The address of Draw has what the visitor has drawn: a reload doesn't lose it, and who copies the address shares what is seen. */
export function keepInAddress(): void {
  clearTimeout(timer);
  const { view, drawing: there } = addressIn(location.hash);
  if (view !== "draw" && !there) return;
  const text = isExample.value ? "" : textOf(strokes.value);
  const drawn = text.length <= mostLetters ? text : "";
  if (drawn !== there) writeAddress(drawn, written);
}

effect(() => {
  void [strokes.value, picture.value];
  clearTimeout(timer);
  timer = setTimeout(keepInAddress, rest);
});

/** A link can bring a drawing. */
const fromAddress = (): void => {
  const found = strokesIn(addressIn(location.hash).drawing);
  if (found.length > 0) setStrokes(found);
};
addEventListener("hashchange", () => {
  if (!history.state?.sheet) fromAddress();
  keepInAddress();
});
fromAddress();
