/** An experiment as a `dlcc` command. */
import { activationsOf, type DigitSource, type Experiment } from "./experiment.ts";

/**
 * The `dlcc` command that makes the same run on the same digits.
 *
 * @example
 * ```ts
 * import { defaults, toCommand } from "@dlcc/experiment";
 *
 * console.log(toCommand(defaults, "embedded").split(" --").slice(0, 3)); // → [ 'dlcc train mnist', 'data embedded', 'hidden 128' ]
 * ```
 */
export function toCommand(e: Experiment, digits: DigitSource): string {
  const words = ["dlcc train mnist"];
  const add = (flag: string, value: string | number): void => {
    words.push(`--${flag} ${/[ ()]/.test(String(value)) ? `"${value}"` : value}`);
  };
  add("data", digits === "embedded" ? "embedded" : "folder/with/your/files");
  if (e.layers === undefined) add("hidden", e.hidden.map(({ units }) => units).join(",") || "none");
  else add("layers", e.layers);
  add("activation", activationsOf(e));
  for (const flag of ["loss", "optimizer", "lr", "schedule"] as const) add(flag, e[flag]);
  add("batch-size", e.batchSize);
  add("epochs", e.epochs);
  if (e.weightDecay > 0) add("weight-decay", e.weightDecay);
  if (e.dropout > 0) add("dropout", e.dropout);
  if (e.augment !== undefined) add("augment", e.augment);
  add("init", e.init);
  add("seed", e.seed);
  add("backend", e.backend);
  add("out", "model.safetensors");
  return words.join(" ");
}
