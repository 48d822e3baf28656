import cliProgress from "cli-progress";

const megabyte = 1e6;

/** A progress bar for downloads, on stderr, if that is a terminal. */
export class DownloadBar {
  #bar: cliProgress.SingleBar | undefined;
  #name: string | undefined;

  /** @param total The size, if the mirror gives it; else the bar stays empty and shows only the bytes received. */
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

  /** Removes the bar. */
  close(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#name = undefined;
  }
}
