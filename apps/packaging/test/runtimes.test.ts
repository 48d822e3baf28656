/** The packed packages where JavaScript runs: the same program, with the same results. The guide's table is drawn from it. */
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { bundle } from "../src/bundle.ts";
import { jsrManifest } from "../src/jsr.ts";
import { isolated, Pages } from "../src/pages.ts";
import { cells, expectSame, programFile, type Results } from "../src/program.ts";
import { Project } from "../src/project.ts";
import type { Outcome } from "../src/run.ts";
import { expectRows } from "../src/table.ts";
import { publishable, root } from "../src/workspace.ts";

/** The runtimes come from npm as binaries for this platform. */
const theirs = process.platform === "linux" && process.arch === "x64";

describe.skipIf(!theirs)("where JavaScript runs", () => {
  let project: Project;
  /** The results of plain Node, to which the others are compared. */
  let reference: Results;
  const rows: string[][] = [];

  const modules = "node_modules";
  /** Runtimes that have worker_threads, and the command line for a file. */
  const hosts: Readonly<Record<string, readonly string[]>> = {
    "Node 20": [`${modules}/node-20/bin/node`],
    "Node 22": [`${modules}/node-22/bin/node`],
    "Node 24": [`${modules}/node-24/bin/node`],
    "Node 26": [`${modules}/node-26/bin/node`],
    Deno: [`${modules}/.bin/deno`, "run"],
    Bun: [`${modules}/@oven/bun-linux-x64/bin/bun`],
  };

  beforeAll(() => {
    project = Project.at(inject("stranger")).stranger("apps/packaging/hosts/runtimes", [programFile]);
    reference = results(project.node("main.js"));
  });

  /** What a run has printed; it must have ended well, and without a word besides. */
  function results<T = Results>({ code, stdout, stderr }: Outcome): T {
    expect(stderr).toBe("");
    expect(code).toBe(0);
    return JSON.parse(stdout) as T;
  }

  describe.each(Object.entries(hosts))("%s", (name, [command = "", ...args]) => {
    test("runs the program on all backends", () => {
      const found = results(project.command(project.path(command), ...args, "main.js"));
      expectSame(found, reference);
      expect([found.one.threads, found.two.threads]).toEqual([1, 2]);
      rows.push([name, "✓", ...cells(found)]);
    });

    test("runs it in four worker threads at once", () => {
      // The file of a worker is read, which Deno lets nobody do unasked.
      const permission = name === "Deno" ? ["--allow-read"] : [];
      const all = results<Results[]>(project.command(project.path(command), ...args, ...permission, "four.js"));
      expect(all).toHaveLength(4);
      for (const found of all) {
        expectSame(found, reference);
        expect(found.two.threads).toBe(2);
      }
    });
  });

  describe("JSR would take", () => {
    // One that stands alone, and one that has a peer. Types that JSR can't see at a glance ("slow types") are errors.
    const some = publishable().filter(({ name }) => ["@dlcc/tensor", "@dlcc/optim"].includes(name));
    test.each(some)("$name", (known) => {
      const folder = `jsr/${known.name}`;
      project.copy(project.path(`node_modules/${known.name}`), folder);
      project.write(`${folder}/jsr.json`, jsrManifest(known));
      const deno = project.path(`${modules}/.bin/deno`);
      const args = ["publish", "--dry-run", "--allow-dirty", "--config", `${folder}/jsr.json`];
      const { code, stdout, stderr } = project.command(deno, ...args);
      expect(code, stdout + stderr).toBe(0);
      expect(stdout + stderr).toContain("slow types");
    });
  });

  describe("workerd", () => {
    beforeAll(async () => {
      const code = await bundle(project.path("worker.js"), ["@dlcc/wasm/kernels.wasm"]);
      project.write("bundle.js", code.replace(/(from\s*["'`])@dlcc\/wasm\/kernels\.wasm/, "$1./kernels.wasm"));
    });

    test("runs the program with the kernels as a file", () => {
      const found = results(project.node("workerd.js", "/"));
      expectSame(found, reference);
      expect(found.two).toMatchObject({ threads: 1, note: "a module that was handed in has one thread" });
      rows.push(["workerd", "✓", ...cells(found)]);
    });

    test("without the file, cpu works, and the error says which file", () => {
      const found = results<Record<"one" | "two", object> & { cpu: object }>(project.node("workerd.js", "/bytes"));
      expect(found.cpu).toEqual(reference.cpu);
      const error = expect.stringMatching(/disallowed by embedder.*import module from "@dlcc\/wasm\/kernels\.wasm"/);
      expect([found.one, found.two]).toEqual([{ error }, { error }]);
    });
  });

  describe("Chromium", () => {
    let pages: Pages;
    beforeAll(async () => {
      pages = await Pages.open();
      project.copy(path.join(root, "apps/packaging/hosts/browser"), "browser");
      project.copy(path.join(root, programFile), "browser/program.js");
      for (const name of ["page", "page-with-worker", "worker", "page-with-service-worker", "service-worker"]) {
        project.write(`bundled/${name}.js`, await bundle(project.path(`browser/${name}.js`)));
      }
    });
    afterAll(() => pages.close());

    test.each([
      ["a page, isolated", "page", isolated, 2, undefined],
      ["a page", "page", {}, 1, /not cross-origin isolated|SharedArrayBuffer is missing/],
      ["a worker of an isolated page", "page-with-worker", isolated, 2, undefined],
      ["a service worker", "page-with-service-worker", isolated, 1, /no workers here, as in a service worker/],
    ] as const)("%s", async (name, script, headers, threads, note) => {
      const text = await pages.inFolder(project.path("bundled"), `${script}.js.html`, headers);
      const found = JSON.parse(text) as Results;
      expectSame(found, reference);
      expect(found.two.threads).toBe(threads);
      if (note) expect(found.two.note).toMatch(note);
      rows.push([`Chromium, ${name}`, "✓", ...cells(found)]);
    });
  });

  test("the guide's table says what was seen", async () => {
    expect(rows).toHaveLength(Object.keys(hosts).length + 5);
    await expectRows(rows);
  });
});
