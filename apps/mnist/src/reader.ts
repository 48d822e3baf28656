/**
 * Reads drawings: one at a time, and always the latest, so that no queue builds up behind the pen. The sheet is copied when
 * it is read, not at each move of the pen, because there may be many moves while an answer is on its way.
 */
import { signal } from "@preact/signals";
import type { Drawing, Reading } from "./messages.ts";

/** Asks for a drawing to be read. */
type Ask = (drawing: Drawing) => void;

/** Copies the current sheet. */
type TakeDrawing = () => Drawing | undefined;

export class Reader {
  /** The last reading; undefined for an empty sheet. */
  readonly reading = signal<Reading | undefined>(undefined);
  /** Whether an answer is on its way. */
  readonly busy = signal(false);
  readonly #ask: Ask;
  #next: TakeDrawing | undefined;
  #cleared = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  read(take: TakeDrawing): void {
    this.#cleared = false;
    if (this.busy.value) {
      this.#next = take;
      return;
    }
    const drawing = take();
    if (!drawing) return;
    this.busy.value = true;
    this.#ask(drawing);
  }

  /** The sheet is empty again: an answer that is on its way will be ignored. */
  clear(): void {
    this.#next = undefined;
    this.#cleared = true;
    this.reading.value = undefined;
  }

  /** @param reading Undefined if the worker could not read. */
  answered(reading: Reading | undefined): void {
    this.busy.value = false;
    if (reading && !this.#cleared) this.reading.value = reading;
    const next = this.#next;
    this.#next = undefined;
    if (next) this.read(next);
  }
}
