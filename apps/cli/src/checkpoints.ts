/** The checkpoints of `dlcc train`: what `--checkpoint` keeps besides the run itself, and how `--resume` begins. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { streamMinibatches } from "@dlcc/data";
import type { CheckpointStore } from "@dlcc/io";
import { checkpointFolder, checkWritable } from "@dlcc/io/node";
import { DlccError, type TypedArray } from "@dlcc/tensor";
import type { Command } from "commander";
import { countExamples, type Part } from "./batches.ts";
import { commandLine } from "./command-line.ts";
import type { TrainingOptions } from "./commands/training-options.ts";

/** A folder that `--checkpoint` or `--resume` can't use; the message says why. */
class ResumeError extends DlccError {
  override readonly name = "ResumeError";
}

/** How a run was started: what a checkpoint knows, so that `--resume DIR` needs no more. */
export interface Begun {
  /** The words after `dlcc train`: a kind of data, and its file, if it has one. */
  readonly what: readonly string[];
  /** The whole command as it was typed, for the model file. */
  readonly typed: string;
  /** As the parser gave them; paths are absolute. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The key of the note in a checkpoint. */
const noteKey = "command";

/** The note for a checkpoint. */
export const noteOf = (begun: Begun): Readonly<Record<string, string>> => ({ [noteKey]: JSON.stringify(begun) });

/** The command that goes on with the run in a folder. */
export const resumeCommand = (folder: string): string => commandLine(["dlcc", "train", "--resume", folder]);

/** How the run in a folder was started. @throws {ResumeError} if there is none. */
async function readBegun(folder: string): Promise<Begun> {
  const found = await checkpointFolder(folder, { onDamaged: () => {} }).read();
  if (!found) {
    throw new ResumeError(
      `--resume DIR must be a folder with checkpoints of dlcc train, got ${folder}, which has none`,
    );
  }
  for (const tensor of Object.values(found.tensors)) tensor.dispose();
  const { [noteKey]: note } = found.metadata;
  const begun = note === undefined ? undefined : parse(note);
  if (begun) return begun;
  throw new ResumeError(`--resume DIR must have checkpoints of dlcc train, got those of another program in ${folder}`);
}

/** A note, if it is one of this program's. */
function parse(note: string): Begun | undefined {
  try {
    const begun = JSON.parse(note) as Partial<Begun>;
    const { what, typed, options } = begun;
    const known = Array.isArray(what) && what.every((word) => typeof word === "string") && typeof typed === "string";
    return known && typeof options === "object" && options !== null ? (begun as Begun) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Completes a command line such as `train --resume DIR`: adds what the run learns from, as in `train csv FILE --resume DIR`.
 * Other command lines stay as they are.
 */
export async function completed(args: readonly string[]): Promise<readonly string[]> {
  const at = args.indexOf("train") + 1;
  const resume = args.findIndex((word) => word === "--resume" || word.startsWith("--resume="));
  // Whatever is learned from comes first.
  if (at === 0 || resume < 0 || !args[at]?.startsWith("-")) return args;
  const folder = args[resume] === "--resume" ? args[resume + 1] : args[resume]?.slice("--resume=".length);
  if (folder === undefined) return args;
  const { what } = await readBegun(folder);
  return [...args.slice(0, at), ...what, ...args.slice(at)];
}

/** The options of a run, and how it was started. */
export interface Resumed<Options> {
  readonly options: Options;
  readonly typed: string;
  readonly file: string | undefined;
}

/** Options that may change from process to process, as the numbers of the run don't depend on them. */
const free = ["out", "json", "threads", "backend", "every", "keep", "patience", "epochs", "diagnose", "resume"];

/**
 * The options of a run: as typed, or, with `--resume`, those that it began with.
 *
 * @param options As typed, with their defaults.
 * @throws {ResumeError} if `--resume` has no run of this kind, if an option is typed that the run began without, or if the
 * folder of `--checkpoint` has a run already.
 */
export async function optionsOfRun<Options extends TrainingOptions>(
  command: Command,
  options: Options,
  typed: string,
  file?: string,
): Promise<Resumed<Options>> {
  const { resume, checkpoint } = options;
  if (resume === undefined) {
    if (checkpoint !== undefined) {
      await refuseUsed(checkpoint);
      await checkFolder(checkpoint);
    }
    return { options, typed, file };
  }
  const begun = await readBegun(resume);
  const [kind, begunFile] = begun.what;
  if (kind !== command.name()) {
    throw new ResumeError(
      `--resume ${resume} has a run of dlcc train ${kind}: ${resumeCommand(resume)} goes on with it`,
    );
  }
  await checkFolder(resume);
  const own = Object.entries(options).filter(([name]) => command.getOptionValueSource(name) === "cli");
  for (const [name, value] of own) {
    const before = begun.options[name];
    if (free.includes(name) || JSON.stringify(value) === JSON.stringify(before)) continue;
    const flag = command.options.find((option) => option.attributeName() === name)?.long ?? name;
    const was = before === undefined ? "without it" : `with ${flag} ${String(before)}`;
    throw new ResumeError(
      `${flag} can't change within a run, and the one in ${resume} began ${was}: leave it out, or begin another with --checkpoint`,
    );
  }
  return {
    options: { ...options, ...begun.options, ...Object.fromEntries(own), checkpoint: resume } as Options,
    typed: begun.typed,
    file: file ?? begunFile,
  };
}

/** Two runs in one folder would be one of them lost. */
async function refuseUsed(folder: string): Promise<void> {
  const found = await checkpointFolder(folder, { onDamaged: () => {} }).read();
  if (!found) return;
  for (const tensor of Object.values(found.tensors)) tensor.dispose();
  throw new ResumeError(
    `--checkpoint DIR must have no run yet, got ${folder}, which has one: ${resumeCommand(folder)} goes on with it`,
  );
}

/** Makes a folder, and checks that checkpoints can be written there: before hours of training, not after the first. */
async function checkFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(async (cause: Error) => {
    // Node says that a folder on a read-only disk does not exist.
    let above = path.resolve(folder);
    while (!existsSync(above)) above = path.dirname(above);
    await checkWritable(path.join(above, "checkpoint"));
    throw new ResumeError(`${folder} can't be made: ${cause.message}`, { cause });
  });
  await checkWritable(path.join(folder, "checkpoint"));
}

/** What a new run writes down of its options: paths are absolute, so that it can be resumed in any folder. */
export function lasting<Options extends TrainingOptions>(
  { json: _, resume: __, ...options }: Options,
  more: object,
): Readonly<Record<string, unknown>> {
  const absolute = (name: "out" | "profile"): object => {
    const file = options[name];
    return file === undefined ? {} : { [name]: path.resolve(file) };
  };
  return { ...options, ...absolute("out"), ...absolute("profile"), ...more };
}

/** A store whose failures are counted: what is said at the end depends on whether the last one was written. */
export function openFolder(
  folder: string,
  keep: number,
  warn: (message: string) => void,
): { readonly store: CheckpointStore; readonly failed: () => boolean } {
  const store = checkpointFolder(folder, { keep, onDamaged: ({ message }) => warn(message) });
  let failed = false;
  return {
    store: {
      ...store,
      async write(checkpoint) {
        failed = true;
        await store.write(checkpoint);
        failed = false;
      },
    },
    failed: () => failed,
  };
}

/** So many examples tell a source from others. */
const fingerprinted = 1024;

/** What tells these examples from others: how many there are, and a digest of their numbers. */
export async function fingerprint(part: Part): Promise<{ examples: number; sha256: string }> {
  const hash = createHash("sha256");
  const add = ({ buffer, byteOffset, byteLength }: TypedArray): void =>
    void hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  if ("blocks" in part) {
    // All would have to be read once more for it: of many examples, some tell.
    const first = streamMinibatches(part, { size: fingerprinted, shuffle: false });
    const { value } = await first.next();
    for (const tensor of value ? [value.x, value.y] : []) add(await tensor.data());
    await first.return?.();
  } else for (const tensor of [part.images, part.labels]) add(await tensor.data());
  return { examples: countExamples(part), sha256: hash.digest("hex") };
}
