/** What `dlcc doctor` found out about this machine, kept for `--backend auto`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { machine } from "../machine.ts";

/** How long the usual training step took on each backend that works, in milliseconds. */
export interface Findings {
  /** On which machine, and with which Node: of another one they say nothing. */
  readonly machine: string;
  /** When: as ISO 8601 has it. */
  readonly date: string;
  readonly step: Readonly<Record<string, number>>;
}

/** Where they are kept: in the XDG cache folder. */
export function findingsFile(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  return path.join(base, "dlcc", "doctor.json");
}

/** Keeps them. */
export function keepFindings(findings: Findings): void {
  mkdirSync(path.dirname(findingsFile()), { recursive: true });
  writeFileSync(findingsFile(), `${JSON.stringify(findings, null, 2)}\n`);
}

/** Those of this machine, if there are any that can be read. */
export function findFindings(): Findings | undefined {
  if (!existsSync(findingsFile())) return undefined;
  try {
    const found = JSON.parse(readFileSync(findingsFile(), "utf8")) as Partial<Findings>;
    const { date, step } = found;
    if (found.machine !== machine() || typeof date !== "string" || typeof step !== "object") return undefined;
    return { machine: machine(), date, step };
  } catch {
    return undefined; // Half a file, say: it is as if nobody had looked.
  }
}
