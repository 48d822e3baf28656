/** What to try next with a table: commands that are likely to help here. */
import { commandLine } from "../command-line.ts";
import { retyped, smallerRate } from "../retyped.ts";
import { percent } from "../terminal/figures.ts";
import { shown, type Typed } from "./names.ts";

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
  /** Whether the network begins with layers of another. */
  readonly isFrom: boolean;
  /** If rows were set aside for the test: how good it is on those of training and of the test, for people. */
  readonly reached?: { readonly name: string; readonly train: string; readonly test: string };
  /** If the first line looks like a row: the options that read it as one. */
  readonly asRow?: readonly Typed[];
  /** Whether the loss grew a thousandfold on the way. */
  readonly diverged: boolean;
  /** The learning rate, and the usual one. */
  readonly lr: number;
  readonly usualLr: number;
}

/** A command, and why. */
interface Advice {
  readonly typed: string;
  readonly why: string;
}

/** Less than this share of the way from guessing to perfect is hardly anything learned. */
const hardlyLearned = 0.1;
/** If training is better than the test by this much, the network is overfitted; */
const overfitted = 0.05;
/** so it is if the mean square error of the test is so many times that of training, */
const manyTimes = 4;
/** and above this share of that of guessing: below, there is little left to gain. */
const hardlyWrong = 0.01;
/** A class of which less than this is found is overlooked. */
const overlooked = 0.5;
const most = 3;

/** Whether it knows the rows that it learned from, and others far less. */
function isOverfitted({ score, trainScore, baseline, isNumber, reached }: TableOutcome): boolean {
  if (!reached || trainScore <= baseline) return false;
  if (trainScore - score > overfitted) return true;
  return isNumber && 1 - score > hardlyWrong && 1 - score > manyTimes * (1 - trainScore);
}

/** At most three, the most urgent first; two lines each. */
export function adviceFor(outcome: TableOutcome): string[] {
  const { score, baseline, hidden, worst, out, file, reached, asRow, lr, usualLr } = outcome;
  const typed = asRow ? retyped(outcome.typed, ...asRow) : outcome.typed;
  const found: Advice[] = [];
  const change = (why: string, ...options: Typed[]): void =>
    void found.push({ typed: retyped(typed, ...options), why });
  const lines = (): string[] => found.slice(0, most).flatMap(({ typed: line, why }) => [line, `  ${why}`]);
  const gained = baseline < 1 ? (score - baseline) / (1 - baseline) : 1;
  if (asRow) change("the first line looks like a row: with this it counts as one");
  if (outcome.diverged || (outcome.isNumber && gained < 0 && lr > usualLr)) {
    change("the steps were too large: the loss grew instead of falling", ["--lr", smallerRate(lr, usualLr)]);
    // Nothing else can be said of a model that is worse than none.
    if (gained <= 0) return lines();
  }
  if (outcome.isCut)
    change("the last epoch was the best: it would go on learning", ["--epochs", String(3 * outcome.epochs)]);
  if (outcome.unweighted && worst && worst.recall < overlooked)
    change(`of ${shown(worst.name)} only ${percent(worst.recall)} are found: let rare classes count more`, [
      "--class-weights",
      "balanced",
    ]);
  const plain = (): void => {
    if (outcome.isSaved) return;
    if (hidden.length > 0) change("compare with a plain weighted sum", ["--hidden", "none"]);
    else change("curves, not only straight lines", ["--hidden", String(usualHidden)]);
  };
  const overfits = reached !== undefined && !outcome.isSaved && isOverfitted(outcome);
  if (overfits && outcome.weightDecay === 0)
    change(
      `it overfits: ${reached.name} ${reached.train} in training, ${reached.test} in the test`,
      ["--optimizer", "adamw"],
      ["--weight-decay", "0.1"],
    );
  // What has fewer parameters overfits less.
  if (overfits && hidden.length > 0) plain();
  if (gained < hardlyLearned && hidden.length > 0 && !outcome.isSaved)
    change("it is hardly better than guessing: look whether its layers learn", ["--diagnose"]);
  if (out !== undefined)
    found.push({ typed: commandLine(["dlcc", "eval", out, file]), why: "which columns the predictions depend on" });
  else if (gained > 0) change("keep the model", ["--out", "model.safetensors"]);
  if (!overfits || hidden.length === 0) plain();
  if (out !== undefined)
    found.push({ typed: commandLine(["dlcc", "predict", out, file]), why: "its prediction for each row" });
  // A network that has learned from other rows of this table would know some of them.
  if (reached && !outcome.isFrom) change("other test rows: how much is chance", ["--seed", "2"]);
  return lines();
}
