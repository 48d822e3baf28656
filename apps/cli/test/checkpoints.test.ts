import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { checkpointFolder, load } from "@dlcc/io/node";
import { tensor } from "@dlcc/tensor";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { untilInterrupted } from "../src/interrupt.ts";
import { run } from "../src/main.ts";
import { noisyTable, weightsIn } from "./checkpointed.ts";
import { dlcc, errors, json, newFolder, newPath, withoutSurroundings } from "./dlcc.ts";
import { type Bundled, bundled, start } from "./process.ts";

withoutSurroundings();

const table = noisyTable();
const csv = ["train", "csv", table, "--target", "target", "--hidden", "8", "--dropout", "0.2", "--batch-size", "32"];
/** Eight steps an epoch; on cpu, so that nothing has to start. */
const small = [...csv, "--backend", "cpu", "--epochs", "4"];

/** Trains, and is ended by Ctrl-C soon after the first epoch. */
async function interruptedRun(...words: string[]) {
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
    if (line.includes('"event":"epoch"')) void setTimeout(5).then(() => process.emit("SIGINT"));
  };
  expect(await run([...words, "--json"], write)).toBe(130);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("--checkpoint and --resume", () => {
  test("a run that was interrupted goes on to the same weights and figures", async () => {
    const [whole, folder] = [newFolder(), newFolder()];
    const words = [...small, "--epochs", "400"];
    const straight = await json(...words, "--checkpoint", whole);
    await interruptedRun(...words, "--checkpoint", folder);
    expect(await weightsIn(folder)).not.toBe(await weightsIn(whole));
    const events = await json("train", "csv", "--resume", folder);
    expect(await weightsIn(folder)).toBe(await weightsIn(whole));
    expect({ ...events.at(-1), seconds: 0 }).toEqual({ ...straight.at(-1), seconds: 0 });
    expect(events.filter(({ event }) => event === "resume")).toHaveLength(1);
  });

  test("with a constant rate, a run may go on to more epochs", async () => {
    const [whole, folder] = [newFolder(), newFolder()];
    const words = [...small, "--schedule", "constant"];
    await json(...words, "--checkpoint", folder);
    await json("train", "--resume", folder, "--epochs", "6");
    await json(...words, "--epochs", "6", "--checkpoint", whole);
    expect(await weightsIn(folder)).toBe(await weightsIn(whole));
  });

  test("digits, too, with validation, from the folder alone", async () => {
    const [whole, folder] = [newFolder(), newFolder()];
    const words = ["train", "mnist", "--hidden", "8", "--dropout", "0.1", "--epochs", "2", "--validation", "500"];
    const straight = (await json(...words, "--checkpoint", whole)).at(-1);
    await interruptedRun(...words, "--checkpoint", folder);
    expect((await json("train", "--resume", folder)).at(-1)).toEqual({ ...straight, seconds: expect.any(Number) });
    expect(await weightsIn(folder)).toBe(await weightsIn(whole));
  });

  test("says how to go on, and that it did", async () => {
    const folder = newFolder();
    const events = await interruptedRun(...small, "--epochs", "400", "--checkpoint", folder);
    expect(events.at(-1)).toEqual({
      event: "interrupted",
      message: `interrupted: dlcc train --resume ${folder} goes on with the run`,
    });
    const { lines, code } = await dlcc(["train", "--resume", folder]);
    expect(code).toBe(0);
    expect(lines.join("\n")).toMatch(/resumed {2}in epoch \d+, after [\d,]+ steps/);
  });

  test("a run that is over gives its figures once more", async () => {
    const folder = newFolder();
    const done = (await json(...small, "--checkpoint", folder)).at(-1);
    const [, resumed, again] = await json("train", "--resume", folder);
    expect(resumed).toEqual({ event: "resume", epoch: 5, batch: 0, folder });
    expect(again).toEqual({ ...done, seconds: expect.any(Number) });
  });

  test("--out goes along, from any folder, with the command that began the run", async () => {
    const [folder, out] = [newFolder(), newPath("model.safetensors")];
    const relative = path.relative(process.cwd(), out);
    await interruptedRun(...small, "--epochs", "400", "--checkpoint", folder, "--out", relative);
    await json("train", "--resume", folder);
    const { metadata } = await load(out);
    expect(metadata.command).toContain(`--epochs 400 --checkpoint ${folder} --out ${relative}`);
    expect(metadata.epochs).toBe("400");
  });

  test.each([["3"], ["1"]])("--keep %s", async (keep) => {
    const folder = newFolder();
    await json(...small, "--checkpoint", folder, "--every", "2steps", "--keep", keep);
    expect(readdirSync(folder)).toHaveLength(Number(keep));
  });

  test("where the newest is damaged, it says so, and goes on from the one before", async () => {
    const [folder, whole] = [newFolder(), newFolder()];
    for (const name of [folder, whole]) await json(...small, "--checkpoint", name, "--every", "1epoch");
    const newest = readdirSync(folder).at(-1)!;
    const bytes = readFileSync(path.join(folder, newest));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path.join(folder, newest), bytes);
    const events = await json("train", "--resume", folder);
    const [warning, resumed] = events.filter(({ event }) => event === "warning" || event === "resume");
    expect(warning?.message).toContain(`${newest} is damaged`);
    expect(resumed).toMatchObject({ epoch: 4, batch: 0 });
    expect(await weightsIn(folder)).toBe(await weightsIn(whole));
  });

  test.each([
    ["a file in its place", (file: string) => file],
    ["a file above it", (file: string) => path.join(file, "run")],
  ])("a folder that can't be written is found before training: %s", async (_, folderOf) => {
    const file = newPath("a-file");
    writeFileSync(file, "");
    const { code, lines } = await dlcc([...small, "--checkpoint", folderOf(file)]);
    expect([code, lines]).toEqual([1, []]);
    expect(errors.text).toContain(folderOf(file));
  });

  test("a folder that breaks down ends nothing: each failure is reported, and at the end it is said what is missing", async () => {
    const [folder, out] = [newFolder(), newPath("model.safetensors")];
    const lines: Record<string, unknown>[] = [];
    const write = (text: string): void => {
      const line = JSON.parse(text) as Record<string, unknown>;
      lines.push(line);
      if (line.event !== "epoch") return;
      if (line.epoch === 2) {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, "a file in its place");
      }
      if (line.epoch === 4) process.emit("SIGINT");
    };
    const words = [...small, "--epochs", "400", "--checkpoint", folder, "--every", "1epoch", "--out", out, "--json"];
    expect(await run(words, write)).toBe(130);
    const warnings = lines.filter(({ event }) => event === "warning").map(({ message }) => message);
    expect(warnings.length).toBeGreaterThanOrEqual(3);
    for (const warning of warnings) {
      expect(warning).toMatch(/^The checkpoint was not written: .*\. Training goes on; the next one is tried\.$/);
    }
    expect(lines.at(-1)?.message).toBe(
      `interrupted: dlcc train --resume ${folder} goes on with the run, from the checkpoint before this one, which could not be written; the model so far is in ${out}`,
    );
  });
});

describe("a run is refused", () => {
  let folder: string;
  beforeAll(async () => {
    folder = newFolder();
    await dlcc([...small, "--checkpoint", folder, "--json"]);
  });

  test.each<[string[], RegExp]>([
    [["--lr", "0.5"], /--lr can't change within a run, and the one in \S+ began without it/],
    [["--hidden", "9"], /--hidden can't change within a run, and the one in \S+ began with --hidden 8: leave it out/],
    [["--seed", "2"], /--seed can't change/],
    [["--epochs", "9"], /checkpoint: it must be of this run, got another's: epochs is 4 there, and 9 here/],
  ])("with %j: it would be another", async (words, message) => {
    expect((await dlcc(["train", "--resume", folder, ...words])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });

  test("of other data", async () => {
    const other = newPath("table.csv");
    writeFileSync(other, readFileSync(table, "utf8").replace("no", "yes"));
    expect((await dlcc(["train", "csv", other, "--resume", folder])).code).toBe(1);
    expect(errors.text).toMatch(/got another's: data\.sha256 is "[0-9a-f]{64}" there, and "[0-9a-f]{64}" here/);
  });

  test("of another kind", async () => {
    expect((await dlcc(["train", "mnist", "--resume", folder])).code).toBe(1);
    expect(errors.text).toMatch(/has a run of dlcc train csv: dlcc train --resume \S+ goes on with it/);
  });

  test("with --checkpoint in its folder: it would be lost", async () => {
    expect((await dlcc([...small, "--checkpoint", folder])).code).toBe(1);
    expect(errors.text).toMatch(/--checkpoint DIR must have no run yet, got \S+, which has one: dlcc train --resume/);
  });

  test("from a folder without one", async () => {
    expect((await dlcc(["train", "--resume", newFolder()])).code).toBe(1);
    expect(errors.text).toMatch(
      /--resume DIR must be a folder with checkpoints of dlcc train, got \S+, which has none/,
    );
  });

  test.each([["{}"], ["not JSON"], ['{"what":["csv"],"typed":"dlcc","options":null}'], [undefined]])(
    "of another program, whose note is %s",
    async (command) => {
      const other = newFolder();
      const metadata = command === undefined ? {} : { command };
      await checkpointFolder(other).write({ tensors: { w: tensor([1]) }, metadata });
      expect((await dlcc(["train", "--resume", other])).code).toBe(1);
      expect(errors.text).toMatch(/must have checkpoints of dlcc train, got those of another program/);
    },
  );

  test.each([["5"], ["0s"], ["1.5m"], ["often"], ["3 days"]])("--every %s", async (every) => {
    expect((await dlcc([...small, "--every", every])).code).toBe(2);
    expect(errors.text).toMatch(/--every.*It must be a number with s, m, h, epochs or steps, such as 10m/);
  });

  test("train csv without a file, as before", async () => {
    expect((await dlcc(["train", "csv", "--target", "a"])).code).toBe(2);
    expect(errors.text).toMatch(/missing required argument 'file'/);
  });
});

describe("--best-by and --patience", () => {
  // A rate at which the loss goes up and down.
  const restless = [...small, "--lr", "0.3", "--schedule", "constant", "--epochs", "30", "--validation", "60"];

  test("--out has the values of the best epoch, with which the run ends", async () => {
    const out = newPath("model.safetensors");
    const events = await json(...restless, "--best-by", "loss", "--out", out);
    const losses = events.flatMap(({ event, validationLoss }) => (event === "epoch" ? [validationLoss as number] : []));
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(best).toBeLessThan(30);
    expect(events.at(-1)).toMatchObject({ epochs: 30, bestEpoch: best });
    const { metadata, tensors } = await load(out);
    expect(metadata).toMatchObject({ epochs: "30", bestEpoch: String(best) });
    // The same run, ended after its best epoch.
    const shorter = newPath("model.safetensors");
    await json(...restless, "--epochs", String(best), "--out", shorter);
    const expected = (await load(shorter)).tensors;
    for (const [name, value] of Object.entries(tensors)) {
      if (!name.endsWith("stream")) expect(value.dataSync(), name).toEqual(expected[name]?.dataSync());
    }
  });

  test("--best-by accuracy goes by the accuracy", async () => {
    const events = await json(...restless, "--best-by", "accuracy");
    const found = events.flatMap(({ event, validationAccuracy: a }) => (event === "epoch" ? [a as number] : []));
    expect(events.at(-1)?.bestEpoch).toBe(found.indexOf(Math.max(...found)) + 1);
  });

  test("--patience ends the run after so many epochs without a lower loss, and says so", async () => {
    const done = (await json(...restless, "--patience", "2")).at(-1) as { epochs: number; bestEpoch: number };
    expect(done.epochs).toBe(done.bestEpoch + 2);
    expect(done.epochs).toBeLessThan(30);
    const { lines } = await dlcc([...restless, "--patience", "2"]);
    expect(lines.join("\n")).toContain(
      `of epoch ${done.bestEpoch}, the best of ${done.epochs}: no later one was better`,
    );
  });

  test("a resumed run knows its best epoch", async () => {
    const folder = newFolder();
    const words = [...restless, "--epochs", "300", "--best-by", "loss"];
    const straight = (await json(...words)).at(-1);
    await interruptedRun(...words, "--checkpoint", folder);
    expect((await json("train", "--resume", folder)).at(-1)).toEqual({ ...straight, seconds: expect.any(Number) });
  });

  test("accuracy is nothing to go by for a number", async () => {
    const norris = path.join(import.meta.dirname, "fixtures/norris.csv");
    expect((await dlcc(["train", "csv", norris, "--target", "y", "--best-by", "accuracy"])).code).toBe(1);
    expect(errors.text).toMatch(/--best-by must be loss for a number such as y, got accuracy/);
  });
});

describe("signals", () => {
  let program: Bundled;
  beforeAll(async () => {
    program = await bundled();
  });
  afterAll(() => program.remove());

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
  ] as const)("%s saves the run and the model, says how to go on, and exits with %d", async (signal, code) => {
    const [folder, out] = [newFolder(), newPath("model.safetensors")];
    const words = [...csv, "--epochs", "100000", "--checkpoint", folder, "--out", out];
    const running = start(program, words);
    await running.until("epoch");
    running.child.kill(signal);
    expect(await running.ended(), running.errors()).toBe(code);
    const by = signal === "SIGINT" ? "" : ` by ${signal}`;
    expect(running.events.at(-1)).toEqual({
      event: "interrupted",
      message: `interrupted${by}: dlcc train --resume ${folder} goes on with the run; the model so far is in ${out}`,
    });
    expect(running.errors()).toBe("");
    expect(await weightsIn(folder)).toBeDefined();
    expect(Object.keys((await load(out)).tensors)).toContain("layers.0.weight");
  });

  test("a second Ctrl-C has the system's own effect: it ends the process at once", async () => {
    const interrupt = untilInterrupted();
    process.emit("SIGINT");
    process.emit("SIGINT"); // the same press, handed on by npm
    expect([interrupt.signal.aborted, process.listenerCount("SIGINT")]).toEqual([true, 1]);
    await vi.waitFor(() => expect(process.listenerCount("SIGINT")).toBe(0));
    expect(process.listenerCount("SIGQUIT")).toBe(0);
    // A terminal that closes sends SIGHUP more than once: saving goes on.
    expect(process.listenerCount("SIGHUP")).toBe(1);
    interrupt.end();
    expect(["SIGTERM", "SIGHUP"].map((name) => process.listenerCount(name))).toEqual([0, 0]);
    await setTimeout(0);
  });
});
