import type { Command } from "commander";
import { findDigits } from "../digits/find.ts";
import { judge } from "../digits/judge.ts";
import { checkReadsDigits } from "../digits/kind.ts";
import { loadModel } from "../model-file.ts";
import { losses } from "../network/choices.ts";
import { confusionTable } from "../terminal/confusion.ts";
import { label, percent, thousands, title } from "../terminal/figures.ts";

interface EvalOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** Adds `eval`. */
export function addEval(program: Command, write: (line: string) => void): void {
  program
    .command("eval")
    .argument("<model>", "a file that dlcc train mnist --out wrote")
    .summary("judge a saved model on the test digits")
    .description(
      "Runs a saved model on the test digits: how often it is right, its loss, and what it takes for what.\n\n" +
        "The digits come from where dlcc train mnist has them: --data, else DLCC_MNIST_DIR, else the cache, else those that come with dlcc; of these, the 2,000 that it never learns from.",
    )
    .option("--data <dir>", "a folder with the four MNIST files, plain or .gz")
    .option("--json", "one JSON object, and nothing else")
    .addHelpText("after", "\nExample:\n  dlcc eval model.safetensors")
    .action((file: string, options: EvalOptions) => evalModel(file, options, write));
}

/** Judges a model, and says how it did. */
async function evalModel(file: string, options: EvalOptions, write: (line: string) => void): Promise<void> {
  const loaded = await loadModel(file);
  checkReadsDigits(loaded);
  const loss = losses[loaded.loss]?.value.loss;
  if (!loss) throw new Error(`there is no loss ${loaded.loss}`);
  const digits = await findDigits(options.data);
  const {
    accuracy,
    loss: testLoss,
    confusion,
  } = await judge(digits.test, {
    model: loaded.model,
    loss,
    classes: loaded.classes.length,
    range: loaded.input.range,
  });
  const testExamples = digits.test.images.shape[0] ?? 0;
  const { architecture: model, parameters } = loaded;
  if (options.json) {
    const found = { file, model, parameters, dataset: digits.name, testExamples, testAccuracy: accuracy, testLoss };
    write(JSON.stringify({ event: "done", ...found, loss: loaded.loss, confusion }));
    return;
  }
  write(title(`dlcc: judging ${file}`));
  write(label("data", digits.name, digits.reason));
  write(label("network", `${model}, ${thousands(parameters)} parameters`));
  write("");
  const right = `${thousands(Math.round(accuracy * testExamples))} of ${thousands(testExamples)}`;
  write(label("accuracy", percent(accuracy), right));
  write(label("loss", testLoss.toFixed(4), loaded.loss));
  write("");
  for (const row of confusionTable(confusion).split("\n")) write(`  ${row}`);
}
