import type { Command } from "commander";
import pc from "picocolors";
import { type Case, cases } from "../bench/cases.ts";
import { figureOf, measure } from "../bench/measure.ts";
import type { Context } from "../context.ts";
import { largestError } from "../doctor/accuracy.ts";
import { findingsFile, keepFindings } from "../doctor/findings.ts";
import { machine } from "../machine.ts";
import { messageOf } from "../message.ts";
import { open } from "../network/backends.ts";
import { title } from "../terminal/figures.ts";

interface DoctorOptions {
  readonly quick?: boolean;
  readonly json?: boolean;
}

/** The backends that it tries, by their names in `--backend`. */
const tried: readonly string[] = ["cpu", "wasm", "blas", "webgpu", "gpu"];

/** The findings about a backend that works, or one that doesn't. */
type Finding = { readonly name: string } & (
  | { readonly works: true; readonly title: string; readonly error: number; readonly times: ReadonlyMap<Case, number> }
  | { readonly works: false; readonly reason: string }
);

/** The measured case: the usual step decides the recommendation. */
const usualStep = "step-64";
const measured = cases.filter(({ id }) => ["matmul-256", "matmul-512", usualStep, "step-lenet5-64"].includes(id));

/** The milliseconds for which each backend is measured. */
const [usualBudget, quickBudget] = [400, 20];

/** Adds `doctor`. */
export function addDoctor(program: Command, { write }: Context): void {
  program
    .command("doctor")
    .summary("find out which backends work, and which is fastest")
    .description(
      "Tries every backend: whether it works on this machine, and if not, why and what to do; how exact its numbers " +
        "are; how fast it is. Saves the findings for --backend auto.",
    )
    .option("--quick", "take a few seconds: fewer samples")
    .option("--json", "print one JSON object, and nothing else")
    .addHelpText("after", "\nExamples:\n  dlcc doctor\n  dlcc doctor --json")
    .action(async ({ quick = false, json }: DoctorOptions) => {
      const findings: Finding[] = [];
      for (const name of tried) findings.push(await examine(name, quick ? quickBudget : usualBudget));
      const step = Object.fromEntries(findings.flatMap((finding) => stepOf(finding)));
      keepFindings({ machine: machine(), date: new Date().toISOString(), step });
      for (const line of json ? [asJson(findings)] : asText(findings)) write(line);
    });
}

async function examine(name: string, budget: number): Promise<Finding> {
  try {
    const { backend, title, dispose } = await open(name);
    try {
      const error = await largestError(backend);
      const times = new Map<Case, number>();
      for (const case_ of measured) times.set(case_, await measure(case_, backend, budget));
      return { name, works: true, title, error, times };
    } finally {
      await dispose();
    }
  } catch (error) {
    return { name, works: false, reason: messageOf(error) };
  }
}

/** The backend's name and the time of its usual step, if it works. */
function stepOf(finding: Finding): [string, number][] {
  if (!finding.works) return [];
  return [...finding.times].flatMap(([{ id }, time]) => (id === usualStep ? [[finding.name, time]] : []));
}

/** The fastest at the usual step: cpu always works. */
const fastest = (findings: readonly Finding[]): string =>
  findings.flatMap(stepOf).reduce((best, next) => (next[1] < best[1] ? next : best))[0];

function asText(findings: readonly Finding[]): string[] {
  const lines = [title(`dlcc doctor: ${machine()}`)];
  for (const finding of findings) {
    lines.push("");
    if (!finding.works) {
      lines.push(`  ${pc.yellow("✗")} ${pc.bold(finding.name)}  does not work here`, `      ${finding.reason}`);
      continue;
    }
    lines.push(`  ${pc.green("✓")} ${pc.bold(finding.title)}`);
    lines.push(`      largest error against float64: ${finding.error.toExponential(1)}`);
    for (const [case_, time] of finding.times) {
      lines.push(`      ${case_.title}: ${figureOf(case_, time).toPrecision(3)} ${case_.unit}`);
    }
  }
  const best = fastest(findings);
  const byItself = best === "cpu" ? "" : "; --backend auto, the default, uses it";
  lines.push("", `  Train with ${pc.bold(`--backend ${best}`)} on this machine${byItself}.`);
  lines.push(pc.dim(`  (saved in ${findingsFile()})`));
  return lines;
}

const asJson = (findings: readonly Finding[]): string =>
  JSON.stringify({
    event: "doctor",
    machine: machine(),
    backends: findings.map((finding) =>
      finding.works
        ? {
            name: finding.name,
            works: true,
            title: finding.title,
            largestError: finding.error,
            cases: [...finding.times].map(([case_, time]) => ({
              id: case_.id,
              unit: case_.unit,
              figure: figureOf(case_, time),
              milliseconds: time,
            })),
          }
        : finding,
    ),
    recommended: `--backend ${fastest(findings)}`,
  });
