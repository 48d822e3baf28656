import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { createBlas } from "@dlcc/blas";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { allExamples, examplesIn } from "./examples.ts";

const folder = path.resolve(import.meta.dirname, "../.generated");

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
});
afterEach(() => vi.restoreAllMocks());

/** Why this machine has no BLAS, if it has none: the examples that need one are not run then. */
const noBlas = await createBlas().then(
  (backend) => backend.dispose(),
  (error: Error) => error.message,
);

/** White space apart, what is printed is what is written. */
const words = (text: string): string => text.replace(/\s+/g, " ").trim();

async function run(name: string, code: string): Promise<string[]> {
  const file = path.join(folder, `${name}.ts`);
  writeFileSync(file, `${code}\nexport {};\n`);
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...args: unknown[]) => void printed.push(format(...args)));
  await import(/* @vite-ignore */ pathToFileURL(file).href);
  return printed;
}

describe("examples run, and print what they say", () => {
  const examples = allExamples();
  test.for(examples)("$where", async ({ where, code, prints }, { skip }) => {
    if (code.includes('"@dlcc/blas"') && noBlas !== undefined) skip(noBlas);
    const printed = await run(where.replace(/[^a-z0-9]+/gi, "-"), code);
    expect(words(printed.join("\n"))).toBe(words(prints.join("\n")));
  });

  test("there are examples in all packages", () => {
    const packages = new Set(examples.map(({ where }) => where.split("/")[1]));
    for (const name of [
      "tensor",
      "autograd",
      "layers",
      "losses",
      "optim",
      "data",
      "io",
      "train",
      "mpi",
      "course",
      "experiment",
      "pictures",
      "testing",
    ]) {
      expect(packages).toContain(name);
    }
  });
});

describe("the finder", () => {
  const comment = ["/**", " * @example", " * ```ts", " * console.log(1); // → 1", " * ```", " */"].join("\n");

  test("sees a doc comment's block, with its line and what it prints", () => {
    expect(examplesIn("a.ts", comment)).toEqual([{ where: "a.ts:3", code: "console.log(1); // → 1", prints: ["1"] }]);
  });

  test("notices a wrong output", async () => {
    expect(await run("finder-wrong", "console.log(2); // → 1")).not.toEqual(["1"]);
  });

  test("joins a text that goes on in the next line", () => {
    const [example] = examplesIn("a.md", ["```ts", "console.log(x); // → a", "//   b", "```"].join("\n"));
    expect(example?.prints).toEqual(["a\nb"]);
  });
});
