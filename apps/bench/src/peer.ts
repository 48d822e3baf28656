/** A contender as the parent sees it: a process that answers one request at a time. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Failed, Hello, Measured, MeasureRequest, Prepared, PrepareRequest, Request } from "./protocol.ts";
import type { Entry } from "./roster.ts";

/** One that says nothing for so long hangs. */
const silenceMilliseconds = 120_000;

/** How much of what it wrote on stderr an error message shows. */
const shownLines = 8;

export class Peer {
  readonly entry: Entry;
  version = "";
  #child: ChildProcess;
  #stderr = "";
  #waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;

  private constructor(entry: Entry, program: string, args: readonly string[]) {
    this.entry = entry;
    this.#child = spawn(program, args, { env: entry.env, stdio: ["pipe", "pipe", "pipe"] });
    const { stdin, stdout, stderr } = this.#child;
    if (!stdin || !stdout || !stderr) throw new Error(`${entry.title} has no pipes`);
    createInterface({ input: stdout }).on("line", (line) => this.#waiting?.resolve(line));
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    // A write to one that has ended; its exit says more.
    stdin.on("error", () => {});
    this.#child.on("error", (error) => this.#waiting?.reject(error));
    this.#child.on("close", (code, signal) => {
      const last = this.#stderr.trim().split("\n").slice(-shownLines).join("\n");
      this.#waiting?.reject(new Error(`it ended with ${signal ?? `code ${code}`}${last ? `:\n${last}` : ""}`));
    });
  }

  /** Starts a contender, and waits until it is ready. */
  static async start(entry: Entry): Promise<Peer> {
    if ("missing" in entry.start) throw new Error(entry.start.missing);
    const [program, ...args] = entry.start;
    const peer = new Peer(entry, program, args);
    try {
      peer.version = (await peer.#answer<Hello>()).version;
    } catch (error) {
      peer.stop();
      throw error;
    }
    return peer;
  }

  async ask(request: PrepareRequest): Promise<Prepared>;
  async ask(request: MeasureRequest): Promise<Measured>;
  async ask(request: Request): Promise<Prepared | Measured> {
    const answer = this.#answer<Prepared | Measured>();
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    return await answer;
  }

  stop(): void {
    this.#child.kill();
  }

  async #answer<T>(): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const line = await new Promise<string>((resolve, reject) => {
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null)
        reject(new Error(`it has ended with ${signalCode ?? `code ${exitCode}`}`));
      this.#waiting = { resolve, reject };
      timer = setTimeout(() => {
        // It is stopped: a late answer would be taken for that to the next request.
        this.stop();
        reject(new Error(`it has not answered for ${silenceMilliseconds / 1000} s`));
      }, silenceMilliseconds);
    }).finally(() => {
      clearTimeout(timer);
      this.#waiting = undefined;
    });
    const answer = JSON.parse(line) as T | Failed;
    if (typeof answer === "object" && answer !== null && "error" in answer) throw new Error(answer.error);
    return answer as T;
  }
}
