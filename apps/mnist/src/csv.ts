/** Runs as a table: one line for each point of a curve, and one for each judgement. */
import type { RunHistory } from "./history.ts";

const columns = [
  "run",
  "step",
  "loss",
  "loss_trend",
  "accuracy",
  "accuracy_trend",
  "validation_loss",
  "validation_accuracy",
];

/** A cell: in quotes if it has what would end it (RFC 4180). */
const cell = (value: string | number | undefined): string => {
  // To seven digits, as a float32 has them.
  const text = String(typeof value === "number" ? Number(value.toPrecision(7)) : (value ?? ""));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The runs with their names. */
export function csvOf(
  runs: readonly { readonly name: string; readonly history: Pick<RunHistory, "loss" | "accuracy" | "judgements"> }[],
): string {
  const rows = runs.flatMap(({ name, history: { loss, accuracy, judgements } }) => {
    const steps = [...new Set([...loss.steps, ...judgements.map(({ step }) => step)])].sort((a, b) => a - b);
    return steps.map((step) => {
      const at = loss.steps.indexOf(step);
      const found = judgements.find((judgement) => judgement.step === step);
      const curve = [loss.values[at], loss.trend[at], accuracy.values[at], accuracy.trend[at]];
      return [name, step, ...curve, found?.loss, found?.accuracy].map(cell).join(",");
    });
  });
  return `${[columns.join(","), ...rows].join("\r\n")}\r\n`;
}
