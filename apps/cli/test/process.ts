/** Runs the program in a process of its own, which signals can end: bundled from the sources, so that no build is needed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { newFolder } from "./dlcc.ts";

const cli = fileURLToPath(new URL("..", import.meta.url));

/** `.generated` is not in the repository; from there, the program finds what it imports, and its package.json. */
const place = path.join(cli, ".generated");

/** The program, bundled. */
export interface Bundled {
  /** What Node is to run. */
  readonly file: string;
  /** Removes it. */
  remove(): void;
}

/** The program, without what is in `node_modules`. */
export async function bundled(): Promise<Bundled> {
  const name = `dlcc-${process.pid}`;
  const build = await rolldown({
    input: path.join(cli, "src/main.ts"),
    platform: "node",
    external: (id) => !id.startsWith(".") && !path.isAbsolute(id) && !id.startsWith("@dlcc/"),
    resolve: { conditionNames: ["@dlcc/source", "import", "default"] },
    onLog: () => {},
  });
  await build.write({ dir: place, entryFileNames: `${name}.js`, chunkFileNames: `${name}-[name].js`, format: "esm" });
  await build.close();
  const file = path.join(place, `${name}-start.js`);
  writeFileSync(file, `import { main } from "./${name}.js";\nawait main(process.argv.slice(2));\n`);
  const remove = (): void => {
    for (const made of readdirSync(place)) if (made.startsWith(name)) rmSync(path.join(place, made));
  };
  return { file, remove };
}

/** A process, and what it wrote. */
export interface Running {
  readonly child: ChildProcess;
  /** The JSON objects on stdout so far. */
  readonly events: Record<string, unknown>[];
  readonly errors: () => string;
  /** Waits for an event. */
  until(event: string): Promise<void>;
  /** Waits for the end. @returns Its exit code; or, if a signal ended it, the signal's name. */
  ended(): Promise<number | string>;
}

/** What starts Node, if not this process itself: a launcher, and its options. */
export interface By {
  readonly command: string;
  readonly options: readonly string[];
}

/** Starts a command with `--json`. */
export function start({ file }: Bundled, args: readonly string[], by?: By): Running {
  const env = { ...process.env, XDG_CACHE_HOME: newFolder(), DLCC_MNIST_DIR: "", ...(by && { NO_COLOR: "1" }) };
  const child = spawn(
    by?.command ?? process.execPath,
    [...(by ? [...by.options, process.execPath] : []), file, ...args, "--json"],
    { env, stdio: ["ignore", "pipe", "pipe"] },
  );
  const events: Record<string, unknown>[] = [];
  let [rest, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    // A launcher may say something, too.
    const own = by ? lines.filter((line) => line.startsWith("{")) : lines;
    events.push(...own.map((line) => JSON.parse(line) as Record<string, unknown>));
    child.emit("line");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const end = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  return {
    child,
    events,
    errors: () => errors,
    ended: () => end,
    async until(event) {
      while (!events.some((one) => one.event === event)) {
        const ended = await Promise.race([once(child, "line").then(() => false), end.then(() => true)]);
        if (ended) throw new Error(`dlcc ended without the event ${event}: ${errors}`);
      }
    },
  };
}
