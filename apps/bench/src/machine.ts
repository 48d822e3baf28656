import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";

/** Where and when it was measured. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
  /** Of dlcc, with a `+` if the working tree differs from it. */
  readonly commit: string | undefined;
  /** Over the minute before the start: above 0.5 or so, something else was running. */
  readonly load: number;
}

export const machine = (): Machine => ({
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model.trim() ?? "unknown CPU",
  cores: cpus().length,
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
  commit: commit(),
  load: loadavg()[0] ?? 0,
});

function commit(): string | undefined {
  const git = (...args: string[]): string => {
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    return execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  };
  try {
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") ? "+" : "");
  } catch {
    return undefined;
  }
}
