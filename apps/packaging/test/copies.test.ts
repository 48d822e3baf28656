/** Two copies of `@dlcc/tensor` in one program: whatever sees both first says so, and names the command that finds them. */
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Project } from "../src/project.ts";

const project = Project.at(inject("stranger"));

/** A package that brought a tensor package of its own along. */
const neighbour = "node_modules/neighbour";

/** The version of the other copy. */
const version = "99.0.0";

beforeAll(() => {
  const manifest = JSON.parse(project.read("node_modules/@dlcc/tensor/package.json")) as object;
  project.copy(project.path("node_modules/@dlcc/tensor"), `${neighbour}/node_modules/@dlcc/tensor`);
  project.write(`${neighbour}/node_modules/@dlcc/tensor/package.json`, JSON.stringify({ ...manifest, version }));
  const dependencies = { "@dlcc/tensor": version };
  project.write(
    `${neighbour}/package.json`,
    JSON.stringify({ name: "neighbour", version: "1.0.0", type: "module", exports: "./index.js", dependencies }),
  );
  project.write(`${neighbour}/index.js`, 'export * from "@dlcc/tensor";\n');
});
afterAll(() => project.delete(neighbour));

/** Programs of one line, each with something of the other copy (`theirs`) where something of ours belongs. */
const mistakes: Readonly<Record<string, string>> = {
  "a function": "ours.add(x, y)",
  "a function, first": "ours.exp(y)",
  "a method": "x.matmul(y)",
  "a list of tensors": "ours.concat([x, y], 0)",
  "the other copy's function": "theirs.add(y, x)",
  "a layer": "new layers.Linear(2, 2).forward(y)",
  "a loss": "losses.mse(x, y)",
  "a new parameter": 'new ours.Parameter("w", y)',
  "a parameter's value": 'new ours.Parameter("w", x).value = y',
  "a variable": "autograd.valueAndGrad(() => x.sum(), [y])",
  "a parameter as variable": 'autograd.valueAndGrad(() => x.sum(), [new theirs.Parameter("w", y)])',
  "a value to differentiate": "autograd.valueAndGrad(() => y.sum(), [x])",
  "the argument of a gradient": "autograd.grad((z) => z.sum())(y)",
  "a parameter to train": 'optim.sgd([new theirs.Parameter("w", y)], { lr: 1 })',
  "a gradient": "optim.sgd([w], { lr: 1 }).step(new Map([[w, y]]))",
  "a tensor to save": "io.serialize({ y })",
};

const prologue = `
import * as ours from "@dlcc/tensor";
import * as theirs from "neighbour";
import * as autograd from "@dlcc/autograd";
import * as layers from "@dlcc/layers";
import * as losses from "@dlcc/losses";
import * as optim from "@dlcc/optim";
import * as io from "@dlcc/io";
const x = ours.tensor([[1, 2], [3, 4]]);
const y = theirs.tensor([[1, 2], [3, 4]]);
const w = new ours.Parameter("w", x);
`;

test.each(Object.entries(mistakes))("%s", (_name, mistake) => {
  const { code, stderr } = project.node("--input-type=module", "--eval", `${prologue}${mistake};`);
  expect(stderr).toMatch(/^\w*Error.*@dlcc\/tensor.*npm ls @dlcc\/tensor/m);
  expect(code).not.toBe(0);
});

test("the command that the error names shows both", () => {
  const { stdout } = project.command("npm", "ls", "@dlcc/tensor");
  expect(stdout).toMatch(/@dlcc\/tensor@99\.0\.0/);
  expect(stdout).toMatch(/^[├└]─.* @dlcc\/tensor@(?!99)/m);
});
