/**
 * `npm run report --prefix apps/mnist`: how the site behaves in Chromium, over several runs (`-- --runs 5`). It prints a
 * table, and writes the figures of every run to `results.json` beside this.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { drawing, memory, opening, speed, tasks } from "./measures.js";
import { startSite } from "./site.js";

const { values: options } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
const runs = Number(options.runs);
const backends = ["cpu", "wasm", "gpu"];

/** @type {Map<string, number[]>} */
const figures = new Map();
const note = (/** @type {string} */ name, /** @type {number} */ value) => {
  const of = figures.get(name) ?? [];
  figures.set(name, of);
  of.push(value);
};

const site = await startSite();
const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim()}, Chromium ${site.version}, Node ${process.versions.node}`;
const results = new URL("results.json", import.meta.url);

/** Every figure's middle and ends. */
const summary = () =>
  [...figures].map(([name, all]) => {
    const sorted = [...all].sort((a, b) => a - b);
    return { name, median: sorted[Math.floor(sorted.length / 2)], from: sorted[0], to: sorted.at(-1), runs: all };
  });

try {
  for (let run = 0; run < runs; run++) {
    for (const measure of [opening, tasks, drawing, memory]) {
      for (const [name, value] of Object.entries(await measure(site))) note(name, value);
    }
    for (const backend of backends) {
      for (const [name, value] of Object.entries(await speed(site, backend))) note(name, value);
    }
    // After each run, so that one that is cut short is not lost with the others.
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(results, `${JSON.stringify({ date, machine, rows: summary() }, null, 2)}\n`);
  }
} finally {
  await site.close();
}

/** To three digits. */
const short = (/** @type {number | undefined} */ n) => String(Number(n?.toPrecision(3)));

console.log(`${machine}; ${runs} runs\n`);
console.log("| | median | from | to |\n|---|---|---|---|");
for (const { name, median, from, to } of summary()) {
  console.log(`| ${name} | ${[median, from, to].map(short).join(" | ")} |`);
}
