// What dlcc reaches on the tables of scikit-learn, with the same rows set aside, and every option at its default.
//
// Build the command first (npm run build), then: node docs/results/tables/dlcc.mjs [NAME...]. It adds to dlcc.json beside it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const here = import.meta.dirname;
const command = path.resolve(here, "../../../apps/cli/bin/dlcc.js");
const results = path.join(here, "dlcc.json");
const { tables } = JSON.parse(readFileSync(path.join(here, "scikit-learn.json"), "utf8"));
const names = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), "dlcc-tables-"));

function dlcc(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words, "--json"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`dlcc ${words.join(" ")} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

try {
  for (const { name, tests, score } of tables) {
    if (names.length > 0 && !names.includes(name)) continue;
    const [header, ...rows] = readFileSync(path.join(here, "data", `${name}.csv`), "utf8")
      .trim()
      .split("\n");
    const scores = { mlp: [], linear: [] };
    for (const [i, aside] of tests.entries()) {
      const tested = new Set(aside);
      const [train, test, model] = ["train.csv", "test.csv", "model.safetensors"].map((file) =>
        path.join(folder, file),
      );
      writeFileSync(train, [header, ...rows.filter((_, row) => !tested.has(row)), ""].join("\n"));
      writeFileSync(test, [header, ...rows.filter((_, row) => tested.has(row)), ""].join("\n"));
      for (const [kind, options] of [
        ["mlp", []],
        ["linear", ["--hidden", "none"]],
      ]) {
        // One thread: the numbers are the same with any number of them.
        const run = ["--test", "0", "--seed", String(i + 1), "--threads", "1", "--out", model];
        dlcc("train", "csv", train, "--target", "target", ...run, ...options);
        const found = dlcc("eval", model, test);
        scores[kind].push(score === "R2" ? found.testR2 : found.testAccuracy);
      }
    }
    const known = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {};
    const all = Object.fromEntries(
      tables.flatMap((table) => {
        const own = table.name === name ? scores : known[table.name];
        return own ? [[table.name, own]] : [];
      }),
    );
    writeFileSync(results, `${JSON.stringify(all).replaceAll(/("\w+":\{)/g, "\n$1")}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
