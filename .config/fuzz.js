/** Runs the fuzzers: `npm run fuzz -- --cases 100000 --seed 1`. Each prints its figures; a failure prints the seed that repeats it. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
for (const [name, text] of Object.entries(values)) {
  if (/^\d+$/.test(text)) continue;
  console.error(`fuzz: --${name} must be a whole number from 0, got ${text}`);
  process.exit(2);
}
console.log(`${values.cases} cases, --seed ${values.seed}`);
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--config", ".config/vitest.fuzz.config.ts", "--root", "."],
  { stdio: "inherit", env: { ...process.env, DLCC_FUZZ_CASES: values.cases, DLCC_FUZZ_SEED: values.seed } },
);
process.exit(status ?? 1);
