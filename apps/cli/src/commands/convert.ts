import { stat } from "node:fs/promises";
import { checkWritable } from "@dlcc/io/node";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Context } from "../context.ts";
import type { ConvertOptions } from "../convert/content.ts";
import { type FileFormat, fileFormats, formatOf } from "../convert/formats.ts";
import { number } from "../options.ts";
import { label, thousands, title } from "../terminal/figures.ts";

interface Options extends ConvertOptions {
  readonly json?: boolean;
}

/** The lines of the help that list files. */
const listed = (way: "read" | "write"): string =>
  fileFormats
    .filter((format: FileFormat) => format[way])
    .map(({ extension, about }) => `  ${extension.padEnd(14)}${about}`)
    .join("\n");

function rangeOf(text: string): [number, number] {
  const [low, high, ...rest] = text.split(",").map(number);
  if (low === undefined || high === undefined || rest.length > 0) {
    throw new InvalidArgumentError("It must be two numbers, such as 0,1.");
  }
  return [low, high];
}

/** Adds `convert`. */
export function addConvert(program: Command, { write }: Context): void {
  program
    .command("convert")
    .argument("<from>", "a file to read")
    .argument("<to>", "a file to write, which is replaced if it exists")
    .summary("bring models and arrays into other formats")
    .description("Reads a model or arrays, and writes them in another format. The ends of the names say which.")
    .option("--like <model>", "for weights under PyTorch's names: a model of dlcc's with the same layers")
    .option("--pytorch", "write weights under the names of PyTorch's state_dict")
    .option(
      "--classes <names>",
      "of another program's network: the names of its outputs (default: 0, 1, 2, …)",
      (text) => text.split(","),
    )
    .option("--range <low,high>", "and the values of no ink and full ink in its input (default: 0,1)", rangeOf)
    .addOption(
      new Option("--outputs <kind>", "and how to read its outputs (default: what its last layer is)").choices([
        "logits",
        "sigmoid-logits",
        "activations",
      ]),
    )
    .option("--json", "print one JSON object, and nothing else")
    .addHelpText(
      "after",
      `\nIt reads:\n${listed("read")}\n\nIt writes:\n${listed("write")}\n\nExamples:\n  dlcc convert tfjs/model.json model.safetensors\n  dlcc convert pytorch.onnx model.safetensors\n  dlcc convert model.safetensors model.html\n  dlcc convert model.safetensors torch.safetensors --pytorch`,
    )
    .action(async (from: string, to: string, { json, ...options }: Options) => {
      const [source, target] = [formatOf(from, "read"), formatOf(to, "write")];
      await checkWritable(to);
      const content = await source.read(from, options);
      await target.write(to, content, options);
      const tensors = Object.values(content.tensors);
      const values = tensors.reduce((sum, { size }) => sum + size, 0);
      const { size: bytes } = await stat(to);
      if (json) {
        write(
          JSON.stringify({ event: "done", from, to, content: content.about, tensors: tensors.length, values, bytes }),
        );
        return;
      }
      write(title(`dlcc: converting ${from}`));
      write(label("read", content.about, `tensors: ${thousands(tensors.length)}, values: ${thousands(values)}`));
      write(label("written", to, `${thousands(bytes)} bytes`));
    });
}
