/**
 * What pages say of the packages and of the scripts is so. The map in CONTRIBUTING.md and the sentence on dependencies in
 * the README are drawn from the package.json files: `npm run pages` has vitest write them as they should be.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./examples.ts";

interface Manifest {
  readonly name: string;
  readonly description?: string;
  readonly private?: boolean;
  /** Of the root, an address. */
  readonly repository?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly devEngines?: { readonly packageManager: { readonly version: string } };
  readonly exports?: Readonly<Record<string, { readonly default?: string }>>;
  readonly dependencies?: object;
  readonly peerDependencies?: object;
  readonly devDependencies?: object;
}

const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const manifestOf = (folder: string): Manifest => JSON.parse(read(path.join(folder, "package.json"))) as Manifest;

/** Each package of a folder with those that it depends on, all without `@dlcc/`. */
function dependencies(parent: string): Map<string, string[]> {
  const manifests = readdirSync(path.join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(path.join(root, parent, entry.name)).includes("package.json"))
    .map((entry) => manifestOf(path.join(parent, entry.name)));
  const short = (name: string): string => name.replace("@dlcc/", "");
  return new Map(
    manifests.map(({ name, dependencies, peerDependencies, devDependencies, private: isPrivate }) => {
      // What is not published is built from development dependencies; of what is, they serve the tests.
      const needs = { ...dependencies, ...peerDependencies, ...(isPrivate ? devDependencies : {}) };
      return [
        short(name),
        Object.keys(needs)
          .filter((other) => other.startsWith("@dlcc/"))
          .map(short)
          .sort(),
      ];
    }),
  );
}

/** The map leaves out what only tests or measures the rest. */
const rigs = new Set(["bench", "browser", "packaging"]);

function map(): string {
  const rows = [...dependencies("packages"), ...[...dependencies("apps")].filter(([name]) => !rigs.has(name))]
    .filter(([, needs]) => needs.length > 0)
    .map(([name, needs]) => `  ${name} --> ${needs.join(" & ")}`);
  return ["```mermaid", "graph BT", ...rows, "```"].join("\n");
}

const list = (names: readonly string[]): string => {
  const code = names.map((name) => `\`${name}\``);
  return code.length < 2 ? code.join("") : `${code.slice(0, -1).join(", ")} and ${code.at(-1)}`;
};

function sentence(): string {
  const alike = new Map<string, string[]>();
  for (const [name, needs] of dependencies("packages")) {
    alike.set(needs.join(), [...(alike.get(needs.join()) ?? []), name]);
  }
  const needing = ([needs, names]: [string, string[]]): string =>
    `${list(names)} on ${list(needs.split(","))}${needs.includes(",") ? "" : " alone"}`;
  const [free, rest] = [alike.get("") ?? [], [...alike].filter(([needs]) => needs !== "")];
  const sorted = rest.sort(([a], [b]) => a.split(",").length - b.split(",").length || (a < b ? -1 : 1));
  return `${list(free)} depends on no other package; ${sorted.map(needing).join("; ")}.`;
}

/** A text with what stands between `<!-- name -->` and `<!-- /name -->` replaced. */
function withPart(file: string, name: string, part: string): string {
  const text = read(file);
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  expect(text, `${file} has the two marks of ${name}`).toMatch(new RegExp(`${begin}[^]*${end}`));
  return text.slice(0, text.indexOf(begin) + begin.length) + part + text.slice(text.indexOf(end) - 1);
}

describe("drawn from the package.json files (`npm run pages` brings it up to date)", () => {
  test.each([
    ["CONTRIBUTING.md", "map", map],
    ["README.md", "dependencies", sentence],
  ])("%s: %s", async (file, name, draw) => {
    await expect(withPart(file, name, draw()), `run \`npm run pages\``).toMatchFileSnapshot(path.join(root, file));
  });

  test("the map has each package, and the packages that it depends on", () => {
    expect(map()).toContain("  train --> autograd & tensor\n");
    for (const name of dependencies("packages").keys()) expect(map()).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

/** Where the project is: the one line to change is in the root's package.json. */
const { repository: address = "" } = manifestOf("");

/** A published manifest with its addresses, in the place where npm's own order has them. */
function withAddresses(folder: string): string {
  const { name, version, description, repository, homepage, bugs, license, ...rest } = JSON.parse(
    read(path.join(folder, "package.json")),
  ) as Record<string, unknown>;
  const manifest = {
    ...{ name, version, description },
    homepage: `${address}/tree/main/${folder}#readme`,
    bugs: `${address}/issues`,
    license,
    repository: { type: "git", url: `git+${address}.git`, directory: folder },
    ...rest,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const published = ["packages", "apps"]
  .flatMap((parent) => readdirSync(path.join(root, parent)).map((name) => `${parent}/${name}`))
  .filter((folder) => existsSync(path.join(root, folder, "package.json")) && !manifestOf(folder).private);

describe("the addresses of the root's package.json are in every manifest (`npm run pages` writes them)", () => {
  test.each(published)("%s", async (folder) => {
    await expect(withAddresses(folder)).toMatchFileSnapshot(path.join(root, folder, "package.json"));
  });

  test("whoever owns the repository owns the code, and gets the issues", () => {
    const owner = new URL(address).pathname.split("/")[1];
    expect(read(".github/CODEOWNERS")).toContain(`* @${owner}\n`);
    expect(read(".github/ISSUE_TEMPLATE/config.yml")).toContain(`${address}/`);
  });
});

describe("what is published is packed by the build", () => {
  test.each(published)("%s", (folder) => {
    expect(manifestOf(folder).scripts?.prepack).toBe("turbo run build --output-logs=errors-only");
  });
});

/** The first sentence of a guide, without links and marks. */
const firstSentence = (text: string): string => {
  const [, paragraph = ""] = /^(?=[A-Z`*])(.+)$/m.exec(text.slice(text.indexOf("\n# "))) ?? [];
  const plain = paragraph.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1").replace(/\*\*?([^*]+)\*\*?/g, "$1");
  return /^.*?(?<!\b[A-Z])[.:?!](?= |$)/.exec(plain)?.[0].replace(/:$/, ".") ?? plain;
};

/** The list of guides and packages that programs read: https://llmstxt.org. */
function llms(): string {
  const at = (file: string): string => `${address}/blob/main/${file}`;
  const page = (file: string): string => {
    const text = read(file);
    const [, title = ""] = /^# (.+)$/m.exec(text) ?? [];
    return `- [${title}](${at(file)}): ${firstSentence(text)}`;
  };
  const guides = readdirSync(path.join(root, "docs/guide"))
    .sort()
    .map((name) => page(`docs/guide/${name}`));
  const examples = readdirSync(path.join(root, "docs/examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => page(`docs/examples/${name}/README.md`));
  const packages = published.map((folder) => {
    const { name, description } = manifestOf(folder);
    return `- [${name}](${at(`${folder}/README.md`)}): ${description}`;
  });
  return [
    "# dlcc\n",
    `> ${manifestOf("").description}\n`,
    `Before you write a program with it, read [AGENTS.md](${at("docs/AGENTS.md")}): the rules on a page, and a program that runs.\n`,
    `## Guides\n\n${guides.join("\n")}\n`,
    `## Examples\n\n${examples.join("\n")}\n`,
    `## Packages\n\n${packages.join("\n")}\n`,
  ].join("\n");
}

test("docs/llms.txt lists the guides, the examples and the packages", async () => {
  await expect(llms(), "run `npm run pages`").toMatchFileSnapshot(path.join(root, "docs/llms.txt"));
});

test("the README's import map leads to what the packages export", () => {
  const [, imports = "{}"] = /<script type="importmap">\s*(\{[\s\S]*?\})\s*<\/script>/.exec(read("README.md")) ?? [];
  const entries = Object.entries((JSON.parse(imports) as { imports: Record<string, string> }).imports);
  expect(entries.length).toBeGreaterThan(0);
  for (const [name, file] of entries) {
    const exported = manifestOf(name.replace("@dlcc/", "packages/")).exports?.["."]?.default ?? "";
    expect(file).toBe(`./${path.posix.join("node_modules", name, exported)}`);
  }
});

describe("the scripts of package.json", () => {
  const { scripts = {}, devEngines } = manifestOf("");

  test("each is a task of the runner", () => {
    for (const [name, script] of Object.entries(scripts)) expect(script).toBe(`node .config/run.js ${name}`);
  });

  test("each task is a script", async () => {
    const { tasks } = (await import(path.join(root, ".config/tasks.js"))) as { tasks: object };
    expect(Object.keys(scripts).sort()).toEqual(Object.keys(tasks).sort());
  });

  test("CONTRIBUTING.md lists each, and no other", () => {
    const rows = [...read("CONTRIBUTING.md").matchAll(/^\| `npm (?:run )?([\w:]+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(scripts));
  });

  test("what READMEs, guides and the CI run is there", () => {
    const pages = ["README.md", "CONTRIBUTING.md", ".ci/run", "apps/bench/README.md", "packages/wasm/README.md"];
    for (const page of [...pages, "docs/guide/swapping-backends.md", "docs/guide/the-course.md"]) {
      for (const [, name = ""] of read(page).matchAll(/npm run (?:--silent )?([\w:]+)(?! --prefix)\b/g)) {
        if (name !== "report") expect(Object.keys(scripts), page).toContain(name);
      }
    }
  });

  test("the pnpm that is installed is the one that package.json names", () => {
    expect(read("pnpm-lock.yaml")).toContain(`\n  pnpm@${devEngines?.packageManager.version}:\n`);
  });
});
