/** Opens backends for the command: those of `@dlcc/experiment`, with the measurements of `dlcc doctor`. */
import { type OpenedBackend, openBackend } from "@dlcc/experiment";
import { findFindings } from "../doctor/findings.ts";
import { messageOf } from "../message.ts";
import { threadsOfRank } from "../ranks.ts";

/** A backend, and its title: its name, its threads, and why it was chosen. */
export interface Opened extends OpenedBackend {
  readonly title: string;
}

/** `wasm, 2 threads`. */
function titled(opened: OpenedBackend): Opened {
  const { name, detail, note } = opened;
  const title = [name, detail].filter((part) => part !== "").join(", ");
  return { ...opened, title: note === "" ? title : `${title} (${note})` };
}

/** What `auto` can take in place of wasm: where it is there, and worth it, depends on the machine. */
const others: readonly string[] = ["blas", "webgpu", "gpu"];

/**
 * Opens a backend by its name in `--backend`. `auto` is the backend that `dlcc doctor` has found fastest on this machine;
 * where it has not been run, WebAssembly if the host has it, else plain TypeScript. The title says why.
 *
 * @param threads The number of threads of the wasm or the blas backend. Default: its own choice.
 */
export async function open(name: string, threads: number | undefined = threadsOfRank()): Promise<Opened> {
  if (name !== "auto") return titled(await openNamed(name, threads));
  const step = findFindings()?.step ?? {};
  const { wasm } = step;
  const measured = others.flatMap((other) => (step[other] === undefined ? [] : [{ other, time: step[other] }]));
  if (wasm === undefined || measured.length === 0) return openUsual(threads, "it works here");
  measured.sort((a, b) => a.time - b.time);
  const failures: string[] = [];
  for (const { other, time } of measured) {
    const figures = `dlcc doctor measured ${milliseconds(time)} a step, and ${milliseconds(wasm)} on wasm`;
    if (time >= wasm) return openUsual(threads, [`${other} is slower: ${figures}`, ...failures].join("; "));
    try {
      const opened = titled(await openNamed(other, threads));
      return { ...opened, title: `${opened.title} (chosen: ${[figures, ...failures].join("; ")})` };
    } catch (error) {
      failures.push(`${other} was faster, but no longer works: ${messageOf(error)}`);
    }
  }
  return openUsual(threads, ["it works here", ...failures].join("; "));
}

/** `DLCC_GPU_SOFTWARE=1` allows a software renderer in place of the graphics card: for tests. */
const openNamed = (name: string, threads?: number): Promise<OpenedBackend> =>
  openBackend(name, { threads, allowSoftware: process.env.DLCC_GPU_SOFTWARE === "1" });

/** WebAssembly with the given reason if it works; else plain TypeScript, whose note says why. */
async function openUsual(threads: number | undefined, reason: string): Promise<Opened> {
  const opened = titled(await openNamed("auto", threads));
  return opened.name === "wasm" ? { ...opened, title: `${opened.title} (chosen: ${reason})` } : opened;
}

const milliseconds = (time: number): string => `${time.toPrecision(2)} ms`;
