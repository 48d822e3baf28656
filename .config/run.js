/**
 * Runs a task of `tasks.js`, as the scripts of package.json do: `node .config/run.js TASK …`. It needs Node and npm alone,
 * and starts every program by Node, with no shell between, so it is the same on Windows.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tasks } from "./tasks.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const { devEngines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** Whether what a program says is kept back, to be shown if it fails. */
let keepsBack = false;

/** Runs a program of Node to its end, and ends with it if it fails. */
async function node(...words) {
  const said = [];
  const child = spawn(process.execPath, words, {
    cwd: root,
    stdio: keepsBack ? ["inherit", "pipe", "pipe"] : "inherit",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part) => void said.push(part));
  // Ctrl-C reaches both: the program tidies up and ends, and this ends after it. A signal that was sent is sent on.
  const wait = () => {};
  const sendOn = (signal) => child.kill(signal);
  process.on("SIGINT", wait).on("SIGTERM", sendOn).on("SIGHUP", sendOn);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (...ended) => resolve(ended));
  });
  process.off("SIGINT", wait).off("SIGTERM", sendOn).off("SIGHUP", sendOn);
  if (signal || code !== 0) for (const part of said) process.stderr.write(part);
  if (signal) process.kill(process.pid, signal);
  if (code !== 0) process.exit(code ?? 1);
}

const { npm_execpath: npmCli = "" } = process.env;
const npm = (...words) => node(npmCli, ...words);
const turbo = (...words) => node("node_modules/turbo/bin/turbo", ...words);

/** pnpm of the version that package.json names: the workspace's own, or npm's copy before there is one. */
const pnpm = (...words) => npm("exec", "--yes", "--", `pnpm@${devEngines.packageManager.version}`, ...words);

const programs = {
  node,
  turbo,
  npm: (folder, script, ...args) => npm("run", "--silent", script, "--prefix", folder, "--", ...args),
};

const [name, ...args] = process.argv.slice(2);
const task = Object.hasOwn(tasks, name ?? "") ? tasks[name] : undefined;
if (!task) {
  console.error(`run.js: the task must be one of ${Object.keys(tasks).join(", ")}; got ${name ?? "none"}`);
  process.exit(1);
}
if (!npmCli.endsWith("npm-cli.js")) {
  console.error(`run.js: start it by npm: npm run ${name}`);
  process.exit(1);
}

const { install, build = [], run = [], quiet = false } = task;
// The first time takes a while, and shows how far it is.
keepsBack =
  quiet &&
  existsSync(new URL("../node_modules", import.meta.url)) &&
  existsSync(new URL("../apps/cli/dist", import.meta.url));
const filters = (packages) => packages.map((filter) => `--filter=${filter}`);
await pnpm("install", "--frozen-lockfile", "--prefer-offline", ...filters(install));
if (build.length > 0) {
  await turbo("run", "build", "--log-order=stream", "--output-logs=errors-only", ...filters(build));
}
keepsBack = false;
for (const [i, [program, ...words]] of run.entries()) {
  await programs[program](...words, ...(i === run.length - 1 ? args : []));
}
