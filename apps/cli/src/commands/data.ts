import type { Command } from "commander";
import pc from "picocolors";
import type { Context } from "../context.ts";
import { DownloadError, type Patience } from "../digits/download.ts";
import { fetchFiles } from "../digits/fetch.ts";
import { cacheFolder } from "../digits/find.ts";
import { type DataFile, mnistFiles, mnistMirrors } from "../digits/mnist-files.ts";
import { interruptedExitCode, untilInterrupted } from "../interrupt.ts";
import { DownloadBar } from "../terminal/download-bar.ts";

/** Where data come from. */
export interface Source {
  readonly files: readonly DataFile[];
  readonly mirrors: readonly string[];
  readonly patience: Patience;
}

/** MNIST, from its mirrors. Two of them that don't answer take eight seconds. */
export const mnistSource: Source = {
  files: mnistFiles,
  mirrors: mnistMirrors,
  patience: { answer: 4000, bytes: 10_000 },
};

/** Adds `data fetch mnist` and `data path`. */
export function addData(program: Command, { write, exit, mnist: source }: Context): void {
  const data = program
    .command("data")
    .summary("fetch the full data, or say where they are")
    .description("Fetches the full data, or says where they are.");
  data
    .command("path")
    .summary("print the folder where fetched data are kept")
    .description("Prints the folder where dlcc data fetch mnist puts the files, and dlcc train mnist finds them.")
    .action(() => write(cacheFolder()));
  const fetch = data.command("fetch").summary("download data").description("Downloads data.");
  fetch
    .command("mnist")
    .summary("the 70,000 handwritten digits, 12 MB")
    .description(
      `Downloads MNIST: 60,000 digits to learn from and 10,000 for the test, 12 MB, from ${source.mirrors.join(" or ")}.\n\n` +
        "The content is checked by its SHA-256. Files that are there and good are kept.",
    )
    .option("--dir <dir>", `where to (default: ${cacheFolder()}, where train looks by itself)`)
    .action(async ({ dir }: { dir?: string }) => exit(await fetchMnist(dir, write, source)));
}

/** Fetches MNIST, and says how it goes. @returns The exit code. */
async function fetchMnist(dir: string | undefined, write: (line: string) => void, source: Source): Promise<number> {
  const folder = dir ?? cacheFolder();
  const bar = new DownloadBar();
  const say = (mark: string, text: string): void => {
    bar.close();
    write(`  ${mark} ${text}`);
  };
  const interrupt = untilInterrupted();
  try {
    await fetchFiles({
      ...source,
      folder,
      signal: interrupt.signal,
      onKept: (name) => say(pc.green("✓"), `${name} ${pc.dim("(was there, and is good)")}`),
      onSetAside: (name, as) => say(pc.yellow("!"), `the old ${name} is not MNIST's: it is called ${as} now`),
      onBytes: ({ name }, received, total) => bar.update(name, received, total),
      onFetched: ({ name }) => say(pc.green("✓"), name),
    });
    write(`MNIST is in ${folder}`);
    write(pc.dim(`dlcc train mnist${dir === undefined ? "" : ` --data ${dir}`} learns from it`));
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) {
      say(pc.yellow("!"), "interrupted: nothing was kept");
      return interruptedExitCode;
    }
    if (!(error instanceof DownloadError)) throw error;
    const way = "dlcc train mnist works without: 10,000 of the digits come with it";
    throw new Error(`${error.message}. ${way}`, { cause: error });
  } finally {
    interrupt.end();
    bar.close();
  }
}
