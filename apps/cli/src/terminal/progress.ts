import cliProgress from "cli-progress";

/** Where a run is, for the bar. */
export interface Position {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done, of all epochs. */
  readonly done: number;
  readonly loss: number;
  /** How good the network is, in words. */
  readonly figure: string;
}

/** From so many seconds on, minutes say enough. */
const long = 120;

const duration = (seconds: number): string =>
  seconds < long ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

/** A progress bar on the error stream. It is for people, so it is there only where the stream is a terminal. */
export class ProgressBar {
  readonly #bar: cliProgress.SingleBar;
  readonly #started: number = performance.now();
  readonly #total: number;
  #done = 0;
  #fields: Record<string, string | number> = { epoch: 1, epochs: "…", loss: "…", figure: "…", left: "…" };

  /** @param total Steps of the whole run. */
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
    const left = duration((elapsed * (this.#total - done)) / Math.max(1, done));
    this.#done = done;
    this.#fields = { epoch, epochs, loss: loss.toFixed(4), figure, left };
    this.#bar.update(done, this.#fields);
  }

  /** Takes the bar away, so that lines can be written. */
  close(): void {
    this.#bar.stop();
  }

  /** Puts it back, below what was written. */
  resume(): void {
    this.#bar.start(this.#total, this.#done, this.#fields);
  }
}
