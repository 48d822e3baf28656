import { printable } from "@dlcc/tensor";
import type { Command } from "commander";
import pc from "picocolors";
import { commandLine } from "../command-line.ts";
import type { Context } from "../context.ts";
import { DownloadError, type Patience } from "../digits/download.ts";
import { fetchFiles } from "../digits/fetch.ts";
import { cacheFolder } from "../digits/find.ts";
import { type DataFile, mnistFiles, mnistMirrors } from "../digits/mnist-files.ts";
import { untilInterrupted } from "../interrupt.ts";
import { DownloadBar } from "../terminal/download-bar.ts";
import { addDataLook } from "./data-look.ts";

/** The source of a data set. */
export interface Source {
  readonly files: readonly DataFile[];
  readonly mirrors: readonly string[];
  readonly patience: Patience;
}

/**
 * MNIST, from its mirrors. If neither of two answers, that takes eight seconds. At the least rate the largest file takes
 * half an hour.
 */
export const mnistSource: Source = {
  files: mnistFiles,
  mirrors: mnistMirrors,
  patience: { answer: 4000, bytes: 10_000, rate: 5000 },
};

/** Adds `data fetch mnist`, `data look` and `data path`. */
export function addData(program: Command, context: Context): void {
  const { write, exit, mnist: source } = context;
  const data = program
    .command("data")
    .summary("look at a table, or download full data sets")
    .description("Looks at a table; downloads full data sets, or prints their folder.");
  addDataLook(data, context);
  data
    .command("path")
    .summary("print the folder of downloaded data")
    .description("Prints the folder where dlcc data fetch mnist puts the files, and dlcc train mnist finds them.")
    .action(() => write(cacheFolder()));
  const fetch = data.command("fetch").summary("download data").description("Downloads data.");
  fetch
    .command("mnist")
    .summary("the 70,000 handwritten digits, 12 MB")
    .description(
      `Downloads MNIST: 60,000 digits for training and 10,000 for the test, 12 MB, from ${source.mirrors.join(" or ")}.\n\n` +
        "The content is checked by its SHA-256. Good files in the folder are kept.",
    )
    .option("--dir <dir>", `the folder (default: ${cacheFolder()}, where train finds it)`)
    .action(async ({ dir }: { dir?: string }) => exit(await fetchMnist(dir, write, source)));
}

/** Fetches MNIST, and reports progress. @returns The exit code. */
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
      onKept: (name) => say(pc.green("✓"), `${name} ${pc.dim("(already there)")}`),
      onSetAside: (name, as) => say(pc.yellow("!"), `the old ${name} is not MNIST's: renamed to ${as}`),
      onBytes: ({ name }, received, total) => bar.update(name, received, total),
      onFetched: ({ name }) => say(pc.green("✓"), name),
    });
    write(`MNIST is in ${printable(folder)}`);
    write(pc.dim(`dlcc train mnist${dir === undefined ? "" : ` --data ${commandLine([dir])}`} trains on it`));
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) {
      say(pc.yellow("!"), `${interrupt.what}: nothing was kept`);
      return interrupt.exitCode;
    }
    if (!(error instanceof DownloadError)) throw error;
    const way = "dlcc train mnist works without it: 10,000 digits come with dlcc";
    throw new Error(`${error.message}. ${way}`, { cause: error });
  } finally {
    interrupt.end();
    bar.close();
  }
}
