/** The findings of `dlcc doctor` about this machine, saved for `--backend auto`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { machine } from "../machine.ts";

/** The time of the usual training step on each working backend, in milliseconds. */
export interface Findings {
  /** The machine and its Node; the findings are valid for these alone. */
  readonly machine: string;
  /** The time, in ISO 8601. */
  readonly date: string;
  readonly step: Readonly<Record<string, number>>;
}

/** Their file, in the XDG cache folder. */
export function findingsFile(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  return path.join(base, "dlcc", "doctor.json");
}

/** Saves them. */
export function keepFindings(findings: Findings): void {
  mkdirSync(path.dirname(findingsFile()), { recursive: true });
  writeFileSync(findingsFile(), `${JSON.stringify(findings, null, 2)}\n`);
}

/** The findings of this machine, if there are any that can be read. */
export function findFindings(): Findings | undefined {
  if (!existsSync(findingsFile())) return undefined;
  try {
    const found = JSON.parse(readFileSync(findingsFile(), "utf8")) as Partial<Findings>;
    const { date, step } = found;
    if (found.machine !== machine() || typeof date !== "string" || typeof step !== "object" || !step) return undefined;
    if (!Object.values(step).every(Number.isFinite)) return undefined;
    return { machine: machine(), date, step };
  } catch {
    return undefined; // An incomplete file, say, is ignored.
  }
}
