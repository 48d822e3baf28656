/** An experiment as a `dlcc` command. */
import { activationsOf, type Digits, type Experiment } from "./experiment.ts";

/** The command that makes the same run on the same digits. */
export function toCommand(e: Experiment, digits: Digits): string {
  const words = ["dlcc train mnist"];
  const add = (flag: string, value: string | number): void => {
    words.push(`--${flag} ${value}`);
  };
  add("data", digits === "embedded" ? "embedded" : "folder/with/your/files");
  add("hidden", e.hidden.map(({ units }) => units).join(",") || "none");
  add("activation", activationsOf(e));
  for (const flag of ["loss", "optimizer", "lr", "schedule"] as const) add(flag, e[flag]);
  add("batch-size", e.batchSize);
  add("epochs", e.epochs);
  if (e.weightDecay > 0) add("weight-decay", e.weightDecay);
  if (e.dropout > 0) add("dropout", e.dropout);
  add("init", e.init);
  add("seed", e.seed);
  add("backend", e.backend);
  add("out", "model.safetensors");
  return words.join(" ");
}
