import cliProgress from "cli-progress";

const megabyte = 1e6;

/** A progress bar for downloads, on the error stream, and there only where that is a terminal. */
export class DownloadBar {
  #bar: cliProgress.SingleBar | undefined;
  #name: string | undefined;

  /** @param total As far as the mirror says; else the bar shows what came, and stays empty. */
  update(name: string, received: number, total: number | undefined): void {
    const size = (bytes: number): string => (bytes / megabyte).toFixed(1);
    const fields = { name, done: size(received), all: total === undefined ? "?" : size(total) };
    if (name !== this.#name) {
      this.close();
      this.#name = name;
      this.#bar = new cliProgress.SingleBar(
        {
          format: "  {name} {bar} {done} of {all} MB",
          hideCursor: true,
          clearOnComplete: true,
          barsize: 24,
          stream: process.stderr,
          gracefulExit: false,
        },
        cliProgress.Presets.shades_classic,
      );
      this.#bar.start(total ?? Number.MAX_SAFE_INTEGER, 0, fields);
    }
    this.#bar?.update(Math.min(received, total ?? received), fields);
  }

  /** Takes the bar away. */
  close(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#name = undefined;
  }
}
