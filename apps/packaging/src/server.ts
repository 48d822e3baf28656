/** Programs that serve, for as long as a test needs them. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { plainEnvironment } from "./run.ts";

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Starts a program of Node's, and waits until it has an answer at its address. */
export async function serve(folder: string, address: string, ...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { cwd: folder, env: plainEnvironment(), stdio: "pipe" });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      said += text;
    });
  }
  for (const start = performance.now(); performance.now() - start < 30_000; ) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer) return child;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error(`${args.join(" ")} did not serve ${address}:\n${said}`);
}
