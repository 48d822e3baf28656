import { execFile, spawnSync } from "node:child_process";
import path from "node:path";

/** What came of a command. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that works long is stuck. */
const patience = 300_000;

/**
 * The environment of a stranger: nothing of the `npm run`, the vitest or the Node options that this runs under. Settings
 * of npm's registry and cache stay.
 */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(DLCC_|npm_(package|lifecycle)_|npm_(execpath|node_execpath|command)$|npm_config_(local_)?prefix$|VITEST|NODE_(ENV|OPTIONS|PATH)$|INIT_CWD$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** Runs a command to its end. */
export function attempt(cwd: string, command: string, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    // Digits that this machine's user has fetched stay out of sight.
    env: {
      ...plainEnvironment(),
      NEXT_TELEMETRY_DISABLED: "1",
      NO_COLOR: "1",
      XDG_CACHE_HOME: path.join(cwd, ".cache"),
    },
    encoding: "utf8",
    timeout: patience,
    maxBuffer: 2 ** 28,
    shell: process.platform === "win32",
  });
  if (error) throw error;
  return { code: status ?? 1, stdout, stderr };
}

/** Runs a command that must succeed, and gives what it printed. */
export function run(cwd: string, command: string, ...args: readonly string[]): string {
  const { code, stdout, stderr } = attempt(cwd, command, ...args);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}, in ${cwd}, ended with ${code}:\n${stdout}${stderr}`);
}

/** As {@link run}, while this process goes on: for commands that ask a server of this process. */
export function runMeanwhile(
  cwd: string,
  environment: Readonly<Record<string, string>>,
  command: string,
  ...args: readonly string[]
): Promise<string> {
  const env = { ...plainEnvironment(), NO_COLOR: "1", ...environment };
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, timeout: patience, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new Error(`${command} ${args.join(" ")}, in ${cwd}, failed:\n${stdout}${stderr}`, { cause: error }));
    });
  });
}
