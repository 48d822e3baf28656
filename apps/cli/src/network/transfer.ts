/** A saved model as the beginning of a new one: `--from`, and what of it stays as it is: `--freeze`. */
import { type LoadedModel, losses, pick } from "@dlcc/experiment";
import { loadModel } from "@dlcc/experiment/node";
import { freeze, type Sequential } from "@dlcc/layers";
import type { Command } from "commander";

/** The options, as the parser gives them. */
export interface TransferOptions {
  readonly from?: string;
  readonly freeze?: string;
}

/** Adds them to a command. */
export const addTransferOptions = (command: Command): Command =>
  command
    .option("--from <file>", "begin with a saved model: all of it, or, in a network that is chosen here, what fits")
    .option("--freeze <names>", "parameters that stay as they are, such as layers.0.weight, or layers.0* for a layer");

/** What a network begins with. */
export interface Beginning {
  readonly model: Sequential;
  /** The saved model, if the network is that one. */
  readonly whole: LoadedModel | undefined;
  /** For people: what it has from where. */
  readonly facts: Readonly<Record<string, string>>;
}

/** The model that `--from` names. */
export const savedFor = async ({ from }: TransferOptions): Promise<LoadedModel | undefined> =>
  from === undefined ? undefined : loadModel(from);

/** What a network is to be. */
export interface Wanted {
  /** Whether the options choose one; else it is the saved one. */
  readonly chosen: boolean;
  /** How many numbers an example has. */
  readonly inputs: number;
  /** How many outputs it has. */
  readonly classes: number;
}

/**
 * The network to train.
 *
 * @param loaded The saved model, if there is one.
 * @param build Makes a new one, as the other options say.
 * @throws {Error} if the saved model has other outputs, or nothing of it fits. {@link freeze} throws if no parameter has such a name.
 */
export async function begin(
  { freeze: pattern, loss }: TransferOptions & { readonly loss: string },
  loaded: LoadedModel | undefined,
  build: () => Sequential,
  { chosen, inputs, classes }: Wanted,
): Promise<Beginning> {
  const whole = chosen ? undefined : loaded;
  if (whole) assertFits(whole, inputs, classes, loss);
  // What `dlcc train` saves is a Sequential.
  const model = (whole?.model as Sequential | undefined) ?? build();
  const facts: Record<string, string> = {};
  if (whole) facts.from = whole.file;
  else if (loaded) facts.from = `${loaded.file}: ${takeOver(model, loaded)}`;
  if (pattern !== undefined) {
    const frozen = freeze(model, pattern);
    const all = model.namedParameters();
    facts.frozen = `${frozen.length} of ${all.size} parameters' tensors`;
    if (frozen.length === all.size) throw new Error(`--freeze must leave a parameter that learns, got ${pattern}`);
  }
  return { model, whole, facts };
}

function assertFits(
  { file, input, classes: has, loss: was }: LoadedModel,
  inputs: number,
  classes: number,
  loss: string,
): void {
  const way = "name the network, as in --hidden 128, and the layers that fit are taken over";
  const takes = input.shape.reduce((product, length) => product * length, 1);
  if (takes !== inputs) throw new Error(`${file} must take ${inputs} numbers an example, got [${input.shape}]: ${way}`);
  if (has.length !== classes) throw new Error(`${file} must have ${classes} outputs, got ${has.length}: ${way}`);
  if (pick(losses, was).output === pick(losses, loss).output) return;
  throw new Error(`${file} was trained with --loss ${was}, and its last layer does not suit ${loss}: ${way}`);
}

/** Puts the tensors of a saved model into the places of the same names, if the shapes agree. @returns How many, in words. */
function takeOver(model: Sequential, { file, model: saved }: LoadedModel): string {
  const [own, theirs] = [model.stateDict(), saved.stateDict()];
  const names = Object.keys(own);
  const fits = names.filter((name) => theirs[name]?.shape.join() === own[name]?.shape.join());
  if (fits.length === 0) {
    throw new Error(
      `${file} must have a tensor of the network's names and shapes, got ${Object.keys(theirs).join(", ")}`,
    );
  }
  model.loadStateDict({
    ...own,
    ...Object.fromEntries(fits.flatMap((name) => (theirs[name] ? [[name, theirs[name]]] : []))),
  });
  return `${fits.length} of ${names.length} tensors`;
}
