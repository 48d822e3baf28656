/** What to try next with a table: commands that are likely to help here. */
import { commandLine, wordsOf } from "../command-line.ts";
import { percent } from "../terminal/figures.ts";
import { shown } from "./names.ts";

/**
 * Units of the hidden layer, where nothing is said: as many as scikit-learn's. On its data sets 32 are too few for the digits, which
 * have 64 columns, and for made classes that curve; the others stay within their spread, as training ends early.
 */
export const usualHidden = 100;

/** What the advice depends on. */
export interface TableOutcome {
  /** The command as it was typed. */
  readonly typed: string;
  readonly file: string;
  /** The file of the model, if it was saved. */
  readonly out: string | undefined;
  /** Whether the target is a number. */
  readonly isNumber: boolean;
  /** The accuracy or R² on the test rows, on those of training, and of guessing. */
  readonly score: number;
  readonly trainScore: number;
  readonly baseline: number;
  /** Whether the last epoch was the best: more could help. */
  readonly isCut: boolean;
  readonly epochs: number;
  readonly hidden: readonly number[];
  /** Whether the loss is cross-entropy without weights of the classes, which can have them. */
  readonly unweighted: boolean;
  /** Of the classes that are rarer than others, the one that is found least often, and how often. */
  readonly worst: { readonly name: string; readonly recall: number } | undefined;
  readonly weightDecay: number;
  /** Whether the network is that of `--from`. */
  readonly isSaved: boolean;
  /** Whether rows were set aside for the test. */
  readonly tested: boolean;
}

/** A command, and why. */
interface Advice {
  readonly typed: string;
  readonly why: string;
}

/** Options with a value that another run is not to have: it would overwrite files, or go on with this one. */
const ownFiles = ["--out", "--svg", "--profile", "--checkpoint", "--resume"];

/** The command with other options: those that it had are replaced. */
export function retyped(typed: string, ...options: readonly (readonly [flag: string, value?: string])[]): string {
  const replaced = [...ownFiles, ...options.map(([flag]) => flag)];
  const words = wordsOf(typed);
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--json") continue;
    if (replaced.includes(word)) i += word === "--diagnose" ? 0 : 1;
    else if (!replaced.some((flag) => word.startsWith(`${flag}=`))) kept.push(word);
  }
  return commandLine([...kept, ...options.flat().filter((word) => word !== undefined)]);
}

/** Less than this share of the way from guessing to perfect is hardly anything learned. */
const hardlyLearned = 0.1;
/** If training is better than the test by this much, the network is overfitted. */
const overfitted = 0.05;
/** A class of which less than this is found is overlooked. */
const overlooked = 0.5;
const most = 3;

/** At most three, the most urgent first; two lines each. */
export function adviceFor(outcome: TableOutcome): string[] {
  const { typed, score, trainScore, baseline, hidden, worst, out, file } = outcome;
  const found: Advice[] = [];
  const change = (why: string, ...options: [flag: string, value?: string][]): void =>
    void found.push({ typed: retyped(typed, ...options), why });
  const gained = baseline < 1 ? (score - baseline) / (1 - baseline) : 1;
  if (outcome.isCut)
    change("the last epoch was the best: it would go on learning", ["--epochs", String(3 * outcome.epochs)]);
  if (outcome.unweighted && worst && worst.recall < overlooked)
    change(`of ${shown(worst.name)} only ${percent(worst.recall)} are found: let rare classes count more`, [
      "--class-weights",
      "balanced",
    ]);
  if (trainScore - score > overfitted && outcome.tested && !outcome.isSaved && outcome.weightDecay === 0)
    change(
      "it knows the training rows better than others: keep the weights small",
      ["--optimizer", "adamw"],
      ["--weight-decay", "0.1"],
    );
  if (gained < hardlyLearned && hidden.length > 0 && !outcome.isSaved)
    change("it is hardly better than guessing: look whether its layers learn", ["--diagnose"]);
  if (out !== undefined)
    found.push({ typed: commandLine(["dlcc", "eval", out, file]), why: "which columns the predictions depend on" });
  else change("keep the model", ["--out", "model.safetensors"]);
  if (!outcome.isSaved) {
    if (hidden.length > 0) change("compare with a plain weighted sum", ["--hidden", "none"]);
    else change("curves, not only straight lines", ["--hidden", String(usualHidden)]);
  }
  if (out !== undefined)
    found.push({ typed: commandLine(["dlcc", "predict", out, file]), why: "its prediction for each row" });
  if (outcome.tested) change("other test rows: how much is chance", ["--seed", "2"]);
  return found.slice(0, most).flatMap(({ typed: line, why }) => [line, `  ${why}`]);
}
