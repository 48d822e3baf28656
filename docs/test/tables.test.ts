/** The dictionaries for those who come from elsewhere: what stands in dlcc's column is there. */
import { readFileSync } from "node:fs";
import path from "node:path";
import * as autograd from "@dlcc/autograd";
import * as convert from "@dlcc/convert";
import * as data from "@dlcc/data";
import * as io from "@dlcc/io";
import * as ioNode from "@dlcc/io/node";
import * as layers from "@dlcc/layers";
import * as losses from "@dlcc/losses";
import * as onnx from "@dlcc/onnx";
import * as optim from "@dlcc/optim";
import * as dlcc from "@dlcc/tensor";
import * as testing from "@dlcc/testing";
import * as train from "@dlcc/train";
import { describe, expect, test } from "vitest";
import { root } from "./examples.ts";

const functions = {
  ...dlcc,
  ...autograd,
  ...convert,
  ...data,
  ...io,
  ...ioNode,
  ...layers,
  ...losses,
  ...onnx,
  ...optim,
  ...testing,
  ...train,
};
/** JavaScript's, a function that stands for the reader's own, and the uniform distribution. */
const others = new Set(["log", "f", "U"]);
const model = new layers.Sequential([new layers.Linear(1, 1)]);
const owners: Readonly<Record<string, object>> = {
  model,
  optimizer: optim.sgd(model.parameters(), { lr: 1 }),
  value: dlcc.tensor(0),
};

/** The code in the last column of each row of the tables. */
const snippets = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .flatMap((line) => [...(line.split(/(?<!\|)\|(?!\|)/).at(-2) ?? "").matchAll(/`([^`]+)`/g)])
    .map(([, code = ""]) => code);

/** The names that some code calls, and that are not there. */
function missing(code: string): string[] {
  const calls = [...code.matchAll(/(?<![\w.])(?:(\w+|\))\.)?(\w+)\(/g)];
  return calls.flatMap(([, owner, name = ""]) => {
    if (others.has(name)) return [];
    const there = owner === undefined ? name in functions : name in (owners[owner] ?? dlcc.tensor(0));
    return there ? [] : [owner === undefined ? name : `${owner}.${name}`];
  });
}

describe.each(["coming-from-pytorch.md", "coming-from-tensorflow-js.md", "coming-from-brain-js.md"])("%s", (file) => {
  const all = snippets(readFileSync(path.join(root, "docs/guide", file), "utf8"));

  test("what its tables call exists", () => {
    expect(all.length).toBeGreaterThan(20);
    expect(all.flatMap(missing)).toEqual([]);
  });
});

test("a name that is not there is noticed", () => {
  expect(missing("x.sine()")).toEqual(["x.sine"]);
  expect(missing("sine(x)")).toEqual(["sine"]);
  expect(missing("x.exp()")).toEqual([]);
});
