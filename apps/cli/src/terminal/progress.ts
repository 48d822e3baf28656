import cliProgress from "cli-progress";
import { decimals } from "./figures.ts";

/** The progress of a run, for the bar. */
export interface Position {
  readonly epoch: number;
  readonly epochs: number;
  /** The steps so far, in all epochs. */
  readonly done: number;
  readonly loss: number;
  /** A figure for the network's quality, in words. */
  readonly figure: string;
}

/** From this many seconds on, the time is shown in minutes. */
const long = 120;

const duration = (seconds: number): string =>
  seconds < long ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

/** A progress bar on stderr, if that is a terminal. */
export class ProgressBar {
  readonly #bar: cliProgress.SingleBar;
  readonly #started: number = performance.now();
  readonly #total: number;
  /** The steps of an earlier process. */
  #begun = 0;
  #done = 0;
  #fields: Record<string, string | number> = { epoch: 1, epochs: "…", loss: "…", figure: "…", left: "…" };

  /** @param total The steps of the whole run. */
  constructor(total: number) {
    this.#total = total;
    this.#bar = new cliProgress.SingleBar(
      {
        format: "  epoch {epoch}/{epochs} {bar} loss {loss} · {figure} · {left} left",
        hideCursor: true,
        clearOnComplete: true,
        barsize: 20,
        stream: process.stderr,
        gracefulExit: false,
      },
      cliProgress.Presets.shades_classic,
    );
    this.resume();
  }

  update({ epoch, epochs, done, loss, figure }: Position): void {
    const elapsed = (performance.now() - this.#started) / 1000;
    const left = duration((elapsed * (this.#total - done)) / Math.max(1, done - this.#begun));
    this.#done = done;
    this.#fields = { epoch, epochs, loss: decimals(loss), figure, left };
    this.#bar.update(done, this.#fields);
  }

  /** Removes the bar, so that lines can be written. */
  close(): void {
    this.#bar.stop();
  }

  /** Shows it again, below those lines. @param begun The steps that an earlier process has done. */
  resume(begun?: number): void {
    if (begun !== undefined) {
      this.#begun = begun;
      this.#done = begun;
    }
    this.#bar.start(this.#total, this.#done, this.#fields);
  }
}
