/** What the tools say that look at packages before they are published. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { expect, inject, test } from "vitest";
import { Project } from "../src/project.ts";
import { attempt } from "../src/run.ts";
import { publishable, root } from "../src/workspace.ts";

const project = Project.at(inject("stranger"));

const tarball = (name: string): string => project.tarballs.get(name) ?? "";

test.each(publishable())("publint finds nothing in $name", async ({ name }) => {
  const { buffer } = Uint8Array.from(readFileSync(tarball(name)));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test.each(publishable().filter(({ manifest }) => manifest.exports))(
  "attw finds no wrong types in $name",
  ({ name }) => {
    const attw = path.join(root, "apps/packaging/node_modules/.bin/attw");
    const { code, stdout, stderr } = attempt(root, attw, tarball(name), "--profile", "esm-only");
    expect(code, stdout + stderr).toBe(0);
  },
);
