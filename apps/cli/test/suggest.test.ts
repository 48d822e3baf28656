import type { Command } from "commander";
import { describe, expect, test, vi } from "vitest";
import { commandLine } from "../src/command-line.ts";
import { mnistSource } from "../src/commands/data.ts";
import type { Context } from "../src/context.ts";
import { programOf } from "../src/main.ts";
import { recipes } from "../src/reproduce/recipes.ts";
import { editDistance, suggestion } from "../src/suggest.ts";
import { dlcc, errors, withoutSurroundings } from "./dlcc.ts";

/** The context of the commands; none of them runs. */
const context = (): Context => ({
  write: () => {},
  exit: () => {},
  complain: () => {},
  typed: "dlcc",
  screen: { isTerminal: false, columns: 80, colour: false },
  keyboard: { isTerminal: false, lines: async function* () {} },
  mnist: mnistSource,
  recipes,
});

withoutSurroundings();

describe("a suggestion", () => {
  test.each([
    ["relu", "relu", 0],
    ["rleu", "relu", 1],
    ["rel", "relu", 1],
    ["reluu", "relu", 1],
    ["selu", "relu", 1],
    ["kitten", "sitting", 3],
    ["", "tanh", 4],
  ])("editDistance: %j and %j are %d apart", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  test("is the nearest name", () => expect(suggestion("rellu", ["relu", "sigmoid"])).toBe("(Did you mean relu?)"));
  test("lists all names that are equally near", () =>
    expect(suggestion("l3", ["l1", "l2", "mse"])).toBe("(Did you mean one of l1, l2?)"));
  test("ignores capitals", () => expect(suggestion("ReLU", ["relu"])).toBe("(Did you mean relu?)"));
  test("is empty if no name is near", () => expect(suggestion("quux", ["relu", "sigmoid"])).toBe(""));
});

describe("mistyped words", () => {
  test.each([
    [["evl"], /unknown command 'evl'[\s\S]*Did you mean eval\?/],
    [["predit", "m", "i.png"], /Did you mean predict\?/],
    [["data", "ftech"], /Did you mean fetch\?/],
    [["data", "fetch", "mnits"], /Did you mean mnist\?/],
    [["help", "trian"], /unknown command 'trian'\n\(Did you mean train\?\)/],
    [["help", "train", "mnits"], /unknown command 'mnits'\n\(Did you mean mnist\?\)/],
    [["eval", "m", "--jsn"], /unknown option '--jsn'[\s\S]*Did you mean --json\?/],
    [
      ["train", "mnist", "--activation", "rleu"],
      /--activation[\s\S]*It must be one of relu, sigmoid, tanh. \(Did you mean relu\?\)/,
    ],
    [["train", "mnist", "--optimizer", "adma"], /\(Did you mean adam\?\)/],
    [["eval"], /missing required argument 'model'\n\(dlcc eval --help lists all options\)/],
    [["train", "csv", "a.csv", "--traget", "y"], /unknown option '--traget'[\s\S]*Did you mean --target/],
    [["train", "mnist", "--threads", "999"], /--threads.*64 at most/],
    [["predict", "m.safetensors"], /missing required argument 'file'/],
  ])("%j: exit code 2, and a suggestion", async (args, message) => {
    expect((await dlcc(args)).code).toBe(2);
    expect(errors.text).toMatch(message);
  });
});

describe("help", () => {
  const helpOf = async (...args: string[]): Promise<{ code: number; text: string }> => {
    let text = "";
    vi.spyOn(process.stdout, "write").mockImplementation((part) => {
      text += part;
      return true;
    });
    return { code: (await dlcc(args)).code, text };
  };

  test("is the output of dlcc without arguments", async () => {
    const { code, text } = await helpOf();
    expect(code).toBe(0);
    for (const command of ["train", "eval", "predict", "summary", "data", "help"])
      expect(text).toContain(`\n  ${command}`);
  });

  test("help train mnist is train mnist --help", async () => {
    const { code, text } = await helpOf("help", "train", "mnist");
    expect([code, text]).toEqual([0, (await helpOf("train", "mnist", "--help")).text]);
    expect(text).toContain("--hidden");
  });

  test.each(["eval", "predict", "summary"])("%s --help has an example", async (command) => {
    expect((await helpOf(command, "--help")).text).toMatch(
      new RegExp(`Examples?:\n  dlcc ${command} model\\.safetensors`),
    );
  });

  /** All commands, as words behind `dlcc help`: the parser knows them. */
  const commandsBelow = (command: Command, path: readonly string[] = []): string[] => [
    path.join(" "),
    ...command.commands.flatMap((part) => commandsBelow(part, [...path, part.name()])),
  ];
  const commands = commandsBelow(programOf(context()));

  test("the list has commands of each depth", () => {
    expect(commands).toEqual(
      expect.arrayContaining(["", "doctor", "train csv", "data fetch mnist", "learn unstable-gradients"]),
    );
  });

  test.each(commands)("help %s fits in 80 columns", async (words) => {
    const { code, text } = await helpOf("help", ...words.split(" ").filter(Boolean));
    expect(code).toBe(0);
    expect(text).toMatch(/^Usage: dlcc/);
    // Except for the path of a folder, which may have any length.
    const long = text.split("\n").filter((line) => line.length > 80 && !line.includes("/dlcc"));
    expect(long).toEqual([]);
  });
});

describe("commandLine", () => {
  test("quotes words that a shell would not read literally", () => {
    expect(commandLine(["dlcc", "--hidden", "300,100", "--out", "my model's"])).toBe(
      "dlcc --hidden 300,100 --out 'my model'\\''s'",
    );
  });
});
