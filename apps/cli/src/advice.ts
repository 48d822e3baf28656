/** What to try next: a few commands that are likely to teach something, given the outcome of a run. */
import { commandLine } from "./command-line.ts";

/** The facts that the advice depends on. */
export interface Outcome {
  readonly testAccuracy: number;
  readonly trainAccuracy: number;
  readonly embedded: boolean;
  readonly hidden: readonly number[];
  /** The hidden layers as text, if they are not dense alone. */
  readonly layers?: string | undefined;
  readonly activation: string;
  readonly loss: string;
  readonly weightDecay: number;
  /** The file of the model, if it was saved. */
  readonly out?: string;
}

/** Below this accuracy a network has learned little; guessing gives 0.1. */
const hardlyLearned = 0.5;
/** If the training accuracy is above the test accuracy by this much, the network is overfitted. */
const overfitted = 0.02;
const most = 3;

const line = (typed: string, why: string): string => `${`dlcc ${typed}`.padEnd(40)}  ${why}`;

/** At most three lines, the most urgent first. */
export function adviceFor(outcome: Outcome): string[] {
  const lines: string[] = [];
  if (outcome.testAccuracy < hardlyLearned) {
    lines.push(line("train mnist --lr 0.001", "it hardly learned: smaller steps"));
    lines.push(line("train mnist --diagnose", "or find out why it does not learn"));
  }
  if (outcome.trainAccuracy - outcome.testAccuracy > overfitted && outcome.weightDecay === 0) {
    lines.push(line("train mnist --weight-decay 1e-4", "it overfits: keep the weights small"));
  }
  if (outcome.out !== undefined) {
    lines.push(line(`predict ${commandLine([outcome.out])} PICTURE.png`, "read your own digit"));
  }
  if (outcome.embedded) lines.push(line("data fetch mnist", "all 70,000 digits, 12 MB"));
  if (outcome.out === undefined) lines.push(line("train mnist --out model.safetensors", "keep the model"));
  if (outcome.layers === undefined)
    lines.push(
      line(
        "train mnist --network cnn --augment",
        outcome.embedded ? "convolutions: 98.8 % here" : "convolutions: above 99 %",
      ),
    );
  if (outcome.layers === undefined && outcome.hidden.length < 2)
    lines.push(line("train mnist --hidden 300,100", "a deeper network"));
  if (outcome.activation !== "sigmoid") {
    lines.push(line("train mnist --activation sigmoid --loss quadratic", "how it began"));
  }
  return lines.slice(0, most);
}
