/**
 * A release from a clean clone of the last commit to a registry on this machine: versions, changelogs, publishing; installed by
 * plain npm in an empty project, where the README's first program runs. Then a patch of one package, beside the older others.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { examplesIn } from "@dlcc/docs/examples";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Registry } from "../src/registry.ts";
import { runMeanwhile } from "../src/run.ts";
import { manifestIn, publishable, root } from "../src/workspace.ts";

const parent = realpathSync(mkdtempSync(path.join(tmpdir(), "dlcc-release-")));
const [clone, project] = [path.join(parent, "clone"), path.join(parent, "project")];
const names = publishable().map(({ name }) => name);
let registry: Registry;
/** Nothing of this machine's user is in reach, and no other registry is asked for the packages, or sent them. */
let environment: Record<string, string>;

const inClone = (command: string, ...args: readonly string[]): Promise<string> =>
  runMeanwhile(clone, environment, command, ...args);
const changesets = path.join(clone, "apps/packaging/node_modules/@changesets/cli/bin.js");

beforeAll(async () => {
  registry = await Registry.start();
  const { host } = new URL(registry.address);
  const settings = path.join(parent, "npmrc");
  writeFileSync(settings, `//${host}/:_authToken=none\n`);
  environment = {
    npm_config_userconfig: settings,
    NPM_CONFIG_USERCONFIG: settings,
    TURBO_TELEMETRY_DISABLED: "1",
    GIT_AUTHOR_NAME: "release",
    GIT_AUTHOR_EMAIL: "release@example.com",
    GIT_COMMITTER_NAME: "release",
    GIT_COMMITTER_EMAIL: "release@example.com",
  };
  await runMeanwhile(parent, environment, "git", "clone", "--quiet", root, clone);
  await inClone("npm", "run", "--silent", "setup");
});
afterAll(() => {
  registry.close();
  rmSync(parent, { recursive: true, force: true });
});

/** Publishes what the registry lacks. */
async function publish(): Promise<readonly string[]> {
  const before = registry.published.length;
  const bin = path.join(clone, "node_modules/.bin");
  // npm and changesets read the first, pnpm the second.
  const where = { npm_config_registry: registry.address, pnpm_config_registry: registry.address };
  const publishing = { ...environment, ...where, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  // Nothing may go to another place.
  for (const tool of ["npm", "pnpm"]) {
    const answer = await runMeanwhile(clone, publishing, tool, "config", "get", "registry");
    expect(answer.trim(), tool).toBe(registry.address);
  }
  // As `npm run release` does: packages are packed at the same time, and their builds would write over each other's.
  await inClone("npm", "run", "--silent", "build", "--", "--output-logs=errors-only");
  await runMeanwhile(clone, publishing, process.execPath, changesets, "publish");
  return registry.published.slice(before).sort();
}

const inProject = (command: string, ...args: readonly string[]): Promise<string> =>
  runMeanwhile(project, environment, command, ...args);

/** The README's first program, and what it prints. */
const [first] = examplesIn("README.md", readFileSync(path.join(root, "README.md"), "utf8"));
const words = (text: string): string => text.replace(/\s+/g, " ").trim();

async function firstProgramRuns(): Promise<void> {
  writeFileSync(path.join(project, "xor.mjs"), first?.code ?? "");
  expect(words(await inProject(process.execPath, "xor.mjs"))).toBe(words(first?.prints.join("\n") ?? ""));
}

const versionIn = (folder: string, name: string): string | undefined =>
  manifestIn(path.join(folder, "node_modules", name))?.version;

test("the first release", { timeout: 300_000 }, async () => {
  await inClone(process.execPath, changesets, "version");
  for (const { name, folder } of publishable()) {
    expect(manifestIn(path.join(clone, folder))?.version).toBe("1.0.0");
    expect(readFileSync(path.join(clone, folder, "CHANGELOG.md"), "utf8"), name).toContain("## 1.0.0");
  }
  expect(await publish()).toEqual(names.map((name) => `${name}@1.0.0`).sort());

  mkdirSync(project);
  writeFileSync(path.join(project, ".npmrc"), `@dlcc:registry=${registry.address}\n`);
  const [, install = ""] = /^npm (install @dlcc\/.*)$/m.exec(readFileSync(path.join(root, "README.md"), "utf8")) ?? [];
  await inProject("npm", ...install.split(" "), "--no-audit", "--no-fund");
  await firstProgramRuns();
});

test("a patch of one package goes beside the older others", { timeout: 300_000 }, async () => {
  const change = '---\n"@dlcc/losses": patch\n---\n\nA patch.\n';
  writeFileSync(path.join(clone, ".changeset/patch.md"), change);
  await inClone(process.execPath, changesets, "version");
  expect(await publish()).toEqual(["@dlcc/losses@1.0.1"]);

  await inProject("npm", "update", "--no-audit", "--no-fund");
  expect(versionIn(project, "@dlcc/losses")).toBe("1.0.1");
  expect(versionIn(project, "@dlcc/tensor")).toBe("1.0.0");
  await inProject("npm", "ls", "--all");
  await firstProgramRuns();
});
