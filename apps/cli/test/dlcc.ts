/** Runs the program within the test, isolated: only its own data, empty folders for cache and state, a screen of 80 columns. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import type { Surroundings } from "../src/context.ts";
import { run } from "../src/main.ts";
import type { Keyboard } from "../src/terminal/keyboard.ts";

/** The result of a run. */
export interface Ran {
  readonly code: number;
  /** On stdout. */
  readonly lines: readonly string[];
}

/** A new folder. */
export const newFolder = (): string => mkdtempSync(path.join(tmpdir(), "dlcc-"));

/** A path without a file. */
export const newPath = (name: string): string => path.join(newFolder(), name);

/** The text that the current test wrote to stderr. */
export const errors: { text: string } = { text: "" };

/** Call it once in a test file, before `dlcc`. */
export function withoutSurroundings(): void {
  beforeEach(() => {
    errors.text = "";
    vi.stubEnv("DLCC_MNIST_DIR", "");
    vi.stubEnv("XDG_CACHE_HOME", newFolder());
    vi.stubEnv("XDG_STATE_HOME", newFolder());
    vi.spyOn(console, "error").mockImplementation((text: string) => {
      errors.text += `${text}\n`;
    });
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      errors.text += text;
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
}

/** A keyboard on which these lines are typed; or from which they are piped, which is the default. */
export const typing = (lines: readonly string[] = [], isTerminal = false): Keyboard => ({
  isTerminal,
  lines: async function* () {
    yield* lines;
  },
});

/** Runs a command. */
export async function dlcc(args: readonly string[], around: Partial<Surroundings> = {}): Promise<Ran> {
  const lines: string[] = [];
  const screen = { isTerminal: false, columns: 80, colour: false };
  const code = await run(args, (text) => lines.push(...text.split("\n")), { screen, keyboard: typing(), ...around });
  return { code, lines };
}

/** Runs a command that writes JSON, one object a line. */
export async function json(...args: string[]): Promise<Record<string, unknown>[]> {
  const { lines } = await dlcc([...args, "--json"]);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
