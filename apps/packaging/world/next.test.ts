import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Pages } from "../src/pages.ts";
import { cells, expectSame, programFile, type Results } from "../src/program.ts";
import { Project } from "../src/project.ts";
import { freePort, serve } from "../src/server.ts";
import { expectRows } from "../src/table.ts";

let project: Project;
let pages: Pages;
let server: ChildProcess | undefined;

beforeAll(async () => {
  project = Project.at(inject("stranger")).stranger("apps/packaging/hosts/next", [programFile]);
  pages = await Pages.open();
});
afterAll(async () => {
  server?.kill();
  await pages.close();
});

test("Next.js builds server and page, and both run the program; the guide's table says so", {
  timeout: 240_000,
}, async () => {
  const { code, stdout, stderr } = project.bin("next", "build");
  expect(code, stdout + stderr).toBe(0);
  const port = await freePort();
  const address = `http://localhost:${port}/`;
  server = await serve(project.folder, address, "node_modules/next/dist/bin/next", "start", "--port", `${port}`);
  const html = await (await fetch(address)).text();
  const [, text = ""] = /<pre id="server">(.*?)<\/pre>/.exec(html) ?? [];
  const onServer = JSON.parse(text.replaceAll("&quot;", '"')) as Results;
  const onPage = JSON.parse(await pages.text(address)) as Results;
  expectSame(onServer, onServer);
  expectSame(onPage, onServer);
  expect([onServer.two.threads, onPage.two.threads]).toEqual([2, 2]);
  await expectRows([
    ["Next.js, the server", "✓", ...cells(onServer)],
    ["Next.js, the page", "✓", ...cells(onPage)],
  ]);
});
