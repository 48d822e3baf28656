/** The packages as strangers get them: installed by npm from tarballs, checked by TypeScript, run by Node. */
import { examplesIn } from "@dlcc/docs/examples";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { Project } from "../src/project.ts";
import { run } from "../src/run.ts";
import { manifestIn, publishable } from "../src/workspace.ts";

const project = Project.at(inject("stranger"));
const packages = publishable();
const installed = (name: string, file = ""): string => `node_modules/${name}/${file}`;

/** White space apart, what is printed is what is written. */
const words = (text: string): string => text.replace(/\s+/g, " ").trim();

/** What `import` finds in a package: `@dlcc/data` and `@dlcc/data/node`. */
const entries = packages.flatMap(({ name, manifest }) =>
  Object.keys(manifest.exports ?? {})
    .filter((entry) => !/\.(json|wasm)$/.test(entry))
    .map((entry) => name + entry.slice(1)),
);
const forNode = (entry: string): boolean => entry.endsWith("/node");

/** Type-checks some files of the project; with `outDir`, also writes them as JavaScript. */
function check(name: string, options: Readonly<Record<string, unknown>>): string {
  const { include, ...compilerOptions } = options;
  const strict = { strict: true, skipLibCheck: false, target: "es2022", noEmit: !("outDir" in compilerOptions) };
  project.write(
    `tsconfig.${name}.json`,
    JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, include }),
  );
  return project.bin("tsc", "-p", `tsconfig.${name}.json`).stdout;
}

const nodenext = { module: "nodenext", moduleResolution: "nodenext" };
const bundler = { module: "esnext", moduleResolution: "bundler" };

describe("the tarballs", () => {
  test.each(packages)("$name has README, licence and no trace of the workspace", ({ name, manifest }) => {
    const shipped = manifestIn(project.path(installed(name)));
    expect(JSON.stringify(shipped)).not.toMatch(/workspace:|catalog:|@dlcc\/source/);
    expect(shipped?.peerDependencies ?? {}).toEqual(
      Object.fromEntries(
        Object.keys(manifest.peerDependencies ?? {}).map((peer) => [peer, expect.stringMatching(/^\^\d/)]),
      ),
    );
    expect(project.read(installed(name, "LICENSE"))).toContain("MIT");
    expect(project.read(installed(name, "README.md"))).toContain(name);
  });

  test("the libraries bring nothing along, but for the digits, the plots and the reader of protobuf", () => {
    const brought: Readonly<Record<string, readonly string[]>> = {
      "@dlcc/experiment": ["mnist"],
      "@dlcc/onnx": ["@bufbuild/protobuf"],
      "@dlcc/pictures": ["@observablehq/plot", "linkedom"],
    };
    for (const { name, manifest } of packages) {
      if (manifest.bin !== undefined) continue;
      expect(Object.keys(manifest.dependencies ?? {}), name).toEqual(brought[name] ?? []);
    }
  });

  test("npm finds one copy of each, and nothing missing", () => {
    expect(project.npm("ls", "--all", "--parseable").match(/@dlcc\/tensor$/gm)).toHaveLength(1);
  });
});

describe("the types", () => {
  beforeAll(() => {
    const use = (names: readonly string[]): string =>
      names.map((entry, i) => `import * as entry${i} from "${entry}";\nconsole.log(entry${i});\n`).join("");
    project.write("imports/all.ts", use(entries));
    project.write("imports/browser.ts", use(entries.filter((entry) => !forNode(entry))));
  });

  test("check with nodenext", () => {
    expect(check("nodenext", { ...nodenext, include: ["imports/all.ts"], types: ["node"] })).toBe("");
  });

  test("check with bundler", () => {
    expect(check("bundler", { ...bundler, include: ["imports/all.ts"], types: ["node"] })).toBe("");
  });

  test("check in a browser's project, without Node's types", () => {
    const browser = { ...bundler, lib: ["es2022", "dom"], types: [] };
    expect(check("browser", { ...browser, include: ["imports/browser.ts"] })).toBe("");
  });
});

describe("from CommonJS", () => {
  const imported = 'import { tensor } from "@dlcc/tensor";\nconsole.log(tensor([1, 2]).shape);\n';
  const awaited = 'import("@dlcc/tensor").then(({ tensor }) => console.log(tensor([1, 2]).shape));\n';
  beforeAll(() => {
    project.write("commonjs/imported.cts", imported);
    project.write("commonjs/awaited.cts", awaited);
  });

  test.each(["node20", "nodenext"])("a .cts file imports with %s", (module) => {
    const options = { module, moduleResolution: module === "node20" ? "node16" : module, types: ["node"] };
    expect(check(`commonjs-${module}`, { ...options, include: ["commonjs/imported.cts"] })).toBe("");
  });

  test.each(["node16", "node18"])(
    "with %s it awaits the import: else there is the error that the guide names",
    (module) => {
      const options = { module, moduleResolution: "node16", types: ["node"] };
      expect(check(`commonjs-${module}`, { ...options, include: ["commonjs/awaited.cts"] })).toBe("");
      expect(check(`commonjs-${module}-error`, { ...options, include: ["commonjs/imported.cts"] })).toContain("TS1479");
    },
  );

  test("require loads it", () => {
    const script = 'console.log(require("@dlcc/tensor").tensor([1, 2]).shape)';
    const { stdout, stderr } = project.node("--input-type=commonjs", "--eval", script);
    expect([stdout.trim(), stderr]).toEqual(["[ 2 ]", ""]);
  });
});

describe("the modules", () => {
  test.each(entries)("%s can be imported", (entry) => {
    const { code, stderr } = project.node("--input-type=module", "--eval", `await import("${entry}")`);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
});

/** Whether this machine has a BLAS, which the examples of @dlcc/blas need. */
const hasBlas = (): boolean =>
  project.node("--input-type=module", "--eval", 'await (await import("@dlcc/blas")).createBlas()').code === 0;

describe("the examples of the READMEs", () => {
  const examples = packages.flatMap(({ name }) => {
    const found = examplesIn(`${name}/README.md`, project.read(installed(name, "README.md")));
    return found.map((example) => ({ ...example, file: example.where.replace(/[^a-z0-9]+/gi, "-") }));
  });
  const include = ["examples/*.ts"];

  beforeAll(() => {
    for (const { file, code } of examples) project.write(`examples/${file}.ts`, `${code}\nexport {};\n`);
  });

  test("check with nodenext, and become JavaScript", () => {
    expect(check("examples", { ...nodenext, include, types: ["node"], rootDir: ".", outDir: "compiled" })).toBe("");
  });

  test("check with bundler", () => {
    expect(check("examples-bundler", { ...bundler, include, types: ["node"] })).toBe("");
  });

  test.for(examples)("$where prints what it says", ({ file, code, prints }, { skip }) => {
    if (code.includes('"@dlcc/blas"') && !hasBlas()) skip("this machine has no BLAS");
    const { stdout, stderr } = project.node(`compiled/examples/${file}.js`);
    expect(stderr).toBe("");
    expect(words(stdout)).toBe(words(prints.join("\n")));
  });

  test("are there for every library", () => {
    for (const { name, manifest } of packages) {
      if (manifest.bin === undefined) expect(examples.map(({ where }) => where).join("\n")).toContain(`${name}/`);
    }
  });
});

test("a program with threads of @dlcc/wasm ends by itself", () => {
  const program = [
    'import { createWasm } from "@dlcc/wasm";',
    // It keeps no program alive; in one that does not end, it strikes.
    "setTimeout(() => process.exit(1), 10_000).unref();",
    "console.log((await createWasm({ threads: 2 })).info.threads);",
  ];
  project.write("threads.js", program.join("\n"));
  const { code, stdout } = project.node("threads.js");
  expect([code, stdout.trim()]).toEqual([0, "2"]);
});

describe("the command", () => {
  test("dlcc train mnist learns to read digits", () => {
    const { code, stdout, stderr } = project.bin("dlcc", "train", "mnist", "--epochs", "1", "--json");
    expect(stderr).toBe("");
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { event: string; testAccuracy: number };
    expect(last.event).toBe("done");
    expect(last.testAccuracy).toBeGreaterThan(0.8);
    expect(code).toBe(0);
  });

  test("saves the model although the reader of its lines goes away, as head does", () => {
    const train = "node_modules/.bin/dlcc train mnist --epochs 1 --hidden 8 --out piped.safetensors";
    run(project.folder, "sh", "-c", `${train} | head -n 1`);
    expect(project.read("piped.safetensors")).toContain("layers.0.weight");
  });
});
