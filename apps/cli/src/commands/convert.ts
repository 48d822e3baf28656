import path from "node:path";
import type { OutputKind } from "@dlcc/experiment";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Context } from "../context.ts";
import type { Conversion } from "../convert/conversion.ts";
import { listed, number } from "../options.ts";
import { label, title } from "../terminal/figures.ts";

/** What can be converted. Each is loaded when it is needed. */
const conversions: readonly Conversion[] = [
  {
    from: ".safetensors",
    to: ".onnx",
    about: "a saved model as ONNX, for other programs",
    convert: async (from, to) => (await import("../convert/onnx.ts")).toOnnx(from, to),
  },
  {
    from: ".onnx",
    to: ".safetensors",
    about: "a network in ONNX as a model's file, to be used and trained further",
    convert: async (from, to, options) => (await import("../convert/onnx.ts")).fromOnnx(from, to, options),
  },
];

interface Options {
  readonly classes?: readonly string[];
  readonly range?: readonly [number, number];
  readonly outputs?: OutputKind;
  readonly json?: boolean;
}

function rangeOf(text: string): [number, number] {
  const [low, high, ...rest] = text.split(",").map(number);
  if (low === undefined || high === undefined || rest.length > 0) {
    throw new InvalidArgumentError("It must be two numbers, such as 0,1.");
  }
  return [low, high];
}

/** Adds `convert`. */
export function addConvert(program: Command, { write }: Context): void {
  const kinds = conversions.map(({ from, to, about }) => ({ name: `${from} → ${to}`, about }));
  program
    .command("convert")
    .argument("<from>", "a file")
    .argument("<to>", "the file to write")
    .summary("convert models from and to other programs' files")
    .description(`Converts a model's file. The ends of both names say what becomes of what:${listed(kinds)}`)
    .option("--classes <names>", "the names of the outputs, with commas between them (default: 0, 1, 2, …)", (text) =>
      text.split(","),
    )
    .option("--range <low,high>", "the values of no ink and full ink in the input (default: 0,1)", rangeOf)
    .addOption(
      new Option("--outputs <kind>", "how to read the outputs (default: what the last layer is)").choices([
        "logits",
        "sigmoid-logits",
        "activations",
      ]),
    )
    .option("--json", "print one JSON object, and nothing else")
    .addHelpText(
      "after",
      "\nExamples:\n  dlcc convert model.safetensors model.onnx\n  dlcc convert pytorch.onnx model.safetensors",
    )
    .action(async (from: string, to: string, { json, ...options }: Options) => {
      const [one, other] = [from, to].map((file) => path.extname(file).toLowerCase());
      const found = conversions.find((conversion) => conversion.from === one && conversion.to === other);
      if (!found) {
        const known = kinds.map(({ name }) => name).join(", ");
        throw new Error(
          `the two files must end in one of ${known}, got ${one || "no ending"} → ${other || "no ending"}`,
        );
      }
      const { facts } = await found.convert(from, to, options);
      if (json) write(JSON.stringify({ event: "converted", from, to, ...facts }));
      else for (const line of [title(`dlcc: ${from} → ${to}`), "", ...rowsOf(facts)]) write(line);
    });
}

const rowsOf = (facts: Readonly<Record<string, string>>): string[] =>
  Object.entries(facts).map(([name, fact]) => label(name, fact));
