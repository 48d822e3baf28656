/**
 * What the scripts of package.json do; `run.js` does it. Every task works in a clone that has nothing installed.
 *
 * - `install`: the packages whose dependencies it needs, as filters of pnpm. Installing what is there takes a moment.
 * - `build`: the packages that must be built first, as filters of turbo.
 * - `quiet`: whether only what goes wrong is shown of the two, if they were there already: what follows answers at once.
 * - `run`: commands, one after the other. The first word is `node` or `turbo`, or `npm` for a script of a folder; the
 *   words after `--` on npm's command line go to the last command.
 */

/** All but the peers that the benchmarks compare with. */
const all = ["!@dlcc/bench"];
/** What the tests need: neither a browser, nor the site, nor what checks the packed packages. */
const sources = [...all, "!@dlcc/packaging", "!@dlcc/browser", "!@dlcc/mnist"];
const command = ["dlcc", "@dlcc/cli..."];

const vitest = (config) => ["node", "node_modules/vitest/vitest.mjs", "run", "--config", config, "--root", "."];
const biome = (...words) => ["node", "node_modules/@biomejs/biome/bin/biome", ...words];
const packaging = "apps/packaging/node_modules";

const changesets = (...words) => ["node", `${packaging}/@changesets/cli/bin.js`, ...words];

const packages = {
  install: all,
  build: ["@dlcc/packaging..."],
  run: [vitest(".config/vitest.packages.config.ts")],
};

const deployable = {
  install: all,
  build: ["@dlcc/mnist...", "@dlcc/cli..."],
  run: [
    ["npm", "docs", "docs"],
    ["node", "docs/scripts/gather.js"],
  ],
};

export const tasks = {
  setup: { install: all },
  start: { install: command, build: ["@dlcc/cli..."], quiet: true, run: [["node", "apps/cli/bin/start.js"]] },
  site: { install: ["dlcc", "@dlcc/mnist..."], run: [["npm", "apps/mnist", "site"]] },
  docs: { install: sources, build: ["@dlcc/cli..."], run: [["npm", "docs", "docs"]] },
  bench: { install: [], build: ["@dlcc/bench...", "@dlcc/cli..."], run: [["node", "apps/bench/dist/start.js"]] },

  "bench:gpu": {
    install: [],
    build: ["@dlcc/bench..."],
    run: [["node", "apps/bench/dist/start.js", "gpu"]],
  },

  test: { install: sources, run: [vitest(".config/vitest.config.ts")] },
  "test:random": {
    install: sources,
    build: ["@dlcc/testing..."],
    run: [["node", "packages/testing/scripts/random.js"]],
  },
  fuzz: { install: all, run: [["node", ".config/fuzz.js"]] },
  "test:browser": { install: all, build: ["@dlcc/browser..."], run: [["npm", "apps/browser", "test:browser"]] },
  "test:docs": {
    ...deployable,
    run: [
      ...deployable.run,
      ["node", "apps/browser/scripts/need-chromium.js"],
      vitest(".config/vitest.docs.config.ts"),
    ],
  },
  "test:packages": packages,
  "test:world": { ...packages, run: [vitest(".config/vitest.world.config.ts")] },
  sizes: { ...packages, run: [[...vitest(".config/vitest.packages.config.ts"), "sizes", "--update"]] },
  pages: {
    install: sources,
    run: [[...vitest(".config/vitest.config.ts"), "docs/test/pages", "apps/cli/test/pages", "--update"]],
  },

  build: { install: all, run: [["turbo", "run", "build", "--log-order=stream", "--filter=!@dlcc/bench"]] },
  typecheck: { install: all, run: [["turbo", "run", "typecheck", "--filter=!@dlcc/bench"]] },
  lint: { install: all, run: [["turbo", "boundaries"], biome("check", "--error-on-warnings", ".")] },
  format: { install: all, run: [biome("check", "--write", ".")] },
  knip: { install: all, run: [["node", `${packaging}/knip/bin/knip.js`, "--config", ".config/knip.json"]] },
  api: {
    install: all,
    build: ["./packages/*"],
    run: [["node", "apps/packaging/api/report.js"]],
  },
  kernels: { install: all, run: [["node", "apps/packaging/kernels/generate.js"]] },
  changeset: { install: all, run: [changesets()] },
  versions: { install: all, run: [changesets("version")] },
  // Built first: packages are packed at the same time, and their builds would write over each other's.
  release: { install: all, build: ["./packages/*", "@dlcc/cli"], run: [changesets("publish")] },
  deployable,
};
