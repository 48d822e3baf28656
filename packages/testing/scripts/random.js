/**
 * The random suite as a command: `npm run test:random -- --cases 20000 --seed 1`. Draws so many cases, checks each on cpu and on
 * wasm with one thread and with two, and prints figures. `--case 1234` runs that case alone, and `--op sum` those of one op.
 */
import { parseArgs } from "node:util";
import { cpu } from "@dlcc/tensor";
import { randomCase, runRandom } from "@dlcc/testing";
import { createWasm } from "@dlcc/wasm";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    case: { type: "string" },
    op: { type: "string" },
  },
});

/** A number of the command line. */
function number(name) {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`test:random: --${name} must be a whole number from 0, got ${values[name]}`);
  process.exit(2);
}

const seed = number("seed");
const only = values.case === undefined ? undefined : number("case");
const backends = [cpu, await createWasm({ threads: 1 }), await createWasm({ threads: 2 })];
const options = {
  seed,
  ...(only === undefined ? { cases: number("cases") } : { from: only, cases: 1 }),
  op: values.op,
};

if (only !== undefined) console.log(randomCase(seed, only).text());
const start = performance.now();
const { cases, checks, byWord, failures } = await runRandom(backends, options);
const seconds = (performance.now() - start) / 1000;

for (const { index, message } of failures) {
  console.log(`npm run test:random -- --seed ${seed} --case ${index}   # ${message}`);
}
if (only === undefined) {
  const words = [...byWord].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, count]) => `${word} ${count}`);
  console.log(`checks by op: ${words.join(", ")}`);
}
console.log(
  `seed ${seed}: ${cases} cases of ${byWord.size} ops, ${checks} checks, ${failures.length} failures, ${seconds.toFixed(1)} s`,
);
for (const backend of backends.slice(1)) backend.dispose();
process.exitCode = failures.length > 0 ? 1 : 0;
