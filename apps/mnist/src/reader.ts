/** The drawings that are to be read: one at a time, and always the latest, so that no queue builds up behind the pen. */
import { signal } from "@preact/signals";
import type { Drawing, Reading } from "./messages.ts";

type Ask = (request: { readonly type: "read"; readonly drawing: Drawing }) => void;

export class Reader {
  /** What was read last; undefined for an empty sheet. */
  readonly reading = signal<Reading | undefined>(undefined);
  /** Whether an answer is on its way. */
  readonly busy = signal(false);
  readonly #ask: Ask;
  #next: Drawing | undefined;
  #cleared = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  read(drawing: Drawing): void {
    this.#cleared = false;
    if (this.busy.value) {
      this.#next = drawing;
      return;
    }
    this.busy.value = true;
    this.#ask({ type: "read", drawing });
  }

  /** The sheet is empty again: an answer that is on its way is to no question any more. */
  clear(): void {
    this.#next = undefined;
    this.#cleared = true;
    this.reading.value = undefined;
  }

  /** @param reading Undefined where the worker could not read. */
  answered(reading: Reading | undefined): void {
    this.busy.value = false;
    if (reading && !this.#cleared) this.reading.value = reading;
    const next = this.#next;
    this.#next = undefined;
    if (next) this.read(next);
  }
}
