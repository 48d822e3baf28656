/** What to try next: a few commands that are likely to teach something, given the outcome of a run. */
import { commandLine } from "./command-line.ts";
import { retyped, smallerRate } from "./retyped.ts";

/** The facts that the advice depends on. */
export interface Outcome {
  /** The command as it was typed. */
  readonly typed: string;
  readonly testAccuracy: number;
  readonly trainAccuracy: number;
  readonly embedded: boolean;
  readonly hidden: readonly number[];
  /** The hidden layers as text, if they are not dense alone. */
  readonly layers?: string | undefined;
  readonly activation: string;
  readonly loss: string;
  readonly weightDecay: number;
  /** Whether the loss grew a thousandfold on the way. */
  readonly diverged: boolean;
  /** The learning rate, and the usual one. */
  readonly lr: number;
  readonly usualLr: number;
  /** Whether the network begins with layers of another. */
  readonly isFrom: boolean;
  /** The file of the model, if it was saved. */
  readonly out?: string;
}

/** Below this accuracy a network has learned little; guessing gives 0.1. */
const hardlyLearned = 0.5;
/** If the training accuracy is above the test accuracy by this much, the network is overfitted. */
const overfitted = 0.02;
const most = 3;
/** What fits beside the indent in 80 columns. */
const room = 76;

/** A command and why, in one line if they fit in it. */
function lines(typed: string, why: string): string[] {
  const line = `${typed.padEnd(40)}  ${why}`;
  return line.length > room ? [typed, `  ${why}`] : [line];
}

/** At most three commands, the most urgent first. */
export function adviceFor(outcome: Outcome): string[] {
  const { typed, lr, usualLr, out } = outcome;
  const found: string[][] = [];
  const add = (command: string, why: string): void => void found.push(lines(command, why));
  const change = (why: string, ...options: [flag: string, value?: string][]): void =>
    add(retyped(typed, ...options), why);
  const isLearned = outcome.testAccuracy >= hardlyLearned;
  const isOwn = outcome.layers === undefined && !outcome.isFrom;
  if (!isLearned) {
    if (outcome.diverged || lr >= usualLr)
      change("it hardly learned: smaller steps", ["--lr", smallerRate(lr, usualLr)]);
    else change("it hardly learned: larger steps", ["--lr", String(usualLr)]);
    change("or find out why it does not learn", ["--diagnose"]);
  }
  if (isLearned && outcome.trainAccuracy - outcome.testAccuracy > overfitted && outcome.weightDecay === 0) {
    change("it overfits: keep weights small", ["--weight-decay", "1e-4"]);
  }
  if (out !== undefined && isLearned) {
    add(`dlcc predict ${commandLine([out])} PICTURE.png`, "read your own digit");
  }
  if (outcome.embedded) add("dlcc data fetch mnist", "all 70,000 digits, 12 MB");
  if (out === undefined && isLearned) change("keep the model", ["--out", "model.safetensors"]);
  if (isOwn)
    add(
      "dlcc train mnist --network cnn --augment",
      outcome.embedded ? "convolutions: 98.8 % here" : "convolutions: above 99 %",
    );
  if (isOwn && outcome.hidden.length < 2) change("a deeper network", ["--hidden", "300,100"]);
  if (isOwn && outcome.activation !== "sigmoid")
    add("dlcc train mnist --activation sigmoid --loss quadratic", "how it began");
  return found.slice(0, most).flat();
}
