/**
 * What the types cost whoever checks a program with them: a count of instantiations, which is the same on every machine. A type that
 * explodes shows here long before an editor stutters.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { examplesIn } from "@dlcc/docs/examples";
import { expect, inject, test } from "vitest";
import { Project } from "../src/project.ts";
import { publishable, root } from "../src/workspace.ts";

const project = Project.at(inject("stranger"));

const [first] = examplesIn("README.md", readFileSync(path.join(root, "README.md"), "utf8"));

/** A program that imports all there is. */
const everything = (): string =>
  publishable()
    .flatMap(({ name, manifest }) => Object.keys(manifest.exports ?? {}).map((entry) => name + entry.slice(1)))
    .filter((entry) => !/\.(json|wasm)$/.test(entry))
    .map((entry, i) => `import * as entry${i} from "${entry}";\nconsole.log(entry${i});\n`)
    .join("");

/** How many types are made of generic ones while a program is checked, beyond those for an empty one. */
function instantiations(name: string, code: string): number {
  const count = (file: string, text: string): number => {
    project.write(`budget/${file}.ts`, `${text}\nexport {};\n`);
    project.write(
      `tsconfig.budget-${file}.json`,
      JSON.stringify({
        compilerOptions: {
          strict: true,
          target: "es2022",
          module: "nodenext",
          noEmit: true,
          skipLibCheck: false,
          types: ["node"],
        },
        include: [`budget/${file}.ts`],
      }),
    );
    const { code, stdout, stderr } = project.bin("tsc", "-p", `tsconfig.budget-${file}.json`, "--extendedDiagnostics");
    expect(code, stdout + stderr).toBe(0);
    return Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]);
  };
  return count(name, code) - count("empty", "");
}

/** The limits follow the counts down: what is won is kept. */
test.each([
  {
    name: "the README's first program",
    file: "first",
    code: () => first?.code,
    limit: 6_000,
  },
  { name: "an import of every package", file: "all", code: () => everything(), limit: 8_000 },
])("$name makes no more than $limit instantiations", ({ file, code, limit }) => {
  const count = instantiations(file, code() ?? "");
  expect(count).toBeLessThanOrEqual(limit);
  expect(count, "the limit can come down").toBeGreaterThan(limit / 2);
});
