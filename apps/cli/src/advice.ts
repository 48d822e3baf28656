/** What to try next: a few commands that are likely to teach something, given what came out. */

/** What the advice goes by. */
export interface Outcome {
  readonly testAccuracy: number;
  readonly trainAccuracy: number;
  readonly embedded: boolean;
  readonly hidden: readonly number[];
  readonly activation: string;
  readonly loss: string;
  readonly weightDecay: number;
  readonly saved: boolean;
}

/** Below this a network has learned little; guessing gives 0.1. */
const hardlyLearned = 0.5;
/** How much better on the digits that it learned from a network must be to be called overfitted. */
const overfitted = 0.02;
const most = 3;

const command = (options: string, why: string): string => `dlcc train mnist ${options}`.padEnd(44) + why;

/** At most three lines, the most pressing ones first. */
export function adviceFor(outcome: Outcome): string[] {
  const lines: string[] = [];
  if (outcome.testAccuracy < hardlyLearned) {
    lines.push(command("--lr 0.001", "it hardly learned: try a smaller learning rate"));
    lines.push(command("--init he", "or weights that begin differently"));
  }
  if (outcome.trainAccuracy - outcome.testAccuracy > overfitted && outcome.weightDecay === 0) {
    lines.push(command("--weight-decay 1e-4", "it knows its own digits better than new ones: it overfits"));
  }
  if (outcome.embedded) lines.push(command("--data DIR", "the full 60,000 digits, if you have the four files"));
  if (outcome.hidden.length < 2) lines.push(command("--hidden 300,100", "a deeper network"));
  if (outcome.activation !== "sigmoid") {
    lines.push(command("--activation sigmoid --loss quadratic", "how it began; see how much slower it learns"));
  }
  if (!outcome.saved) lines.push(command("--out model.safetensors", "keep the model"));
  return lines.slice(0, most);
}
