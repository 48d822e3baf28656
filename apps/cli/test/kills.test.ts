/**
 * A run that is killed at random moments, and resumed, ends with the weights of one that was never interrupted. So many kills:
 * `DLCC_KILLS=50 npm test -- apps/cli/test/kills`; by default fewer.
 */
import { readdirSync, rmSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Generator, integer } from "@dlcc/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { noisyTable, weightsIn } from "./checkpointed.ts";
import { newFolder } from "./dlcc.ts";
import { type Bundled, bundled, type Running, start } from "./process.ts";

const kills = Number(process.env.DLCC_KILLS ?? 12);

let program: Bundled;
const table = noisyTable();
beforeAll(async () => {
  program = await bundled();
});
afterAll(() => program.remove());

/** 600 steps, with a checkpoint after every fifth: so most kills come while one is being written. */
const words = (folder: string, backend: readonly string[]): string[] => [
  ...["train", "csv", table, "--target", "target", "--checkpoint", folder, "--every", "5steps", ...backend],
  ...["--hidden", "16,16", "--dropout", "0.2", "--optimizer", "adam", "--batch-size", "16", "--epochs", "40"],
  ...["--validation", "20", "--best-by", "loss"],
];

/** What a run says at its end, but for the time. */
function figuresOf({ events }: Running): Record<string, unknown> {
  const { seconds: _, ...figures } = events.at(-1) as Record<string, unknown>;
  return figures;
}

const checkpoints = /^checkpoint-\d+\.safetensors$/;
const backends: readonly (readonly string[])[] = [
  ["--backend", "cpu"],
  ["--backend", "wasm", "--threads", "1"],
  ["--backend", "wasm", "--threads", "2"],
];

test.each(backends.map((backend, i) => ({ backend, count: Math.floor((kills + i) / backends.length) })))(
  "$backend: $count kills",
  { timeout: 600_000 },
  async ({ backend, count }) => {
    const folder = newFolder();
    const whole = start(program, words(folder, backend));
    await whole.until("start");
    const started = performance.now();
    expect(await whole.ended(), whole.errors()).toBe(0);
    const time = performance.now() - started;
    const expected = await weightsIn(folder);
    const figures = figuresOf(whole);

    const random = new Generator(Date.now()); // other moments each time
    for (let killed = 0; killed < count; ) {
      const folder = newFolder();
      let code: number | string = "none";
      while (code !== 0) {
        const begun = (await weightsIn(folder)) !== undefined;
        const running = start(program, begun ? ["train", "--resume", folder] : words(folder, backend));
        await running.until("start");
        if (killed < count && integer(random, 6) > 0) {
          await Promise.race([setTimeout(integer(random, Math.ceil(time / 2))), running.ended()]);
          running.child.kill("SIGKILL");
        }
        code = await running.ended();
        expect([0, "SIGKILL"], running.errors()).toContain(code);
        if (code === "SIGKILL") killed++;
        if (code === 0) expect(figuresOf(running)).toEqual(figures);
      }
      expect(await weightsIn(folder)).toBe(expected);
      expect(readdirSync(folder).filter((name) => !checkpoints.test(name))).toEqual([]);
      // A kill between the last write and the removal of the oldest leaves one more.
      expect(readdirSync(folder).length).toBeLessThanOrEqual(4);
      rmSync(folder, { recursive: true });
    }
  },
);
