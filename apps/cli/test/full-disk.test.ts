/** Disks that are full or can't be written to: the model is kept, and people are told where. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Writable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { loadModel } from "@dlcc/experiment/node";
import { Linear, Sequential } from "@dlcc/layers";
import { describe, expect, test } from "vitest";
import { openSave } from "../src/commands/save.ts";
import { survive } from "../src/terminal/output.ts";
import { newFolder, newPath } from "./dlcc.ts";

const model = new Sequential([new Linear(2, 2, { seed: 1 })]);
const use = {
  input: { shape: [2], range: [0, 1] },
  classes: ["a", "b"],
  outputs: "logits",
  loss: "cross-entropy",
} as const;

describe("a model whose folder goes away while it is trained", () => {
  const opened = async (...places: string[]) => {
    const out = newPath("model.safetensors");
    const troubles: string[] = [];
    const save = await openSave({ out, model, use, facts: {} }, ({ message }) => troubles.push(message), places);
    return { out, troubles, save };
  };

  test("is saved in the first second place that takes it, which is named once", async () => {
    const good = newFolder();
    const { out, troubles, save } = await opened("/no/such/place", good);
    rmSync(path.dirname(out), { recursive: true });
    const second = await save({ epochs: "1" });
    expect(await save({ epochs: "2" })).toBe(second);
    expect(second).toBe(path.join(good, `dlcc-${process.pid}-model.safetensors`));
    expect((await loadModel(second!)).facts).toEqual({ epochs: "2" });
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toBe(
      `${out} can't be written: the folder ${path.dirname(out)} does not exist: make it first. The model is saved in ${second} instead`,
    );
  });

  test("is back in its own place when that is", async () => {
    const { out, save } = await opened(newFolder());
    rmSync(path.dirname(out), { recursive: true });
    await save({});
    mkdirSync(path.dirname(out));
    expect(await save({})).toBe(out);
    expect(readdirSync(path.dirname(out))).toEqual(["model.safetensors"]);
  });

  test("is an error of its own file if no place takes it", async () => {
    const { out, troubles, save } = await opened("/no/such/place");
    rmSync(path.dirname(out), { recursive: true });
    await expect(save({})).rejects.toThrow(`${out} can't be written`);
    expect(troubles).toEqual([]);
  });

  test("is refused at the start if its file can't be written", async () => {
    const file = newPath("file");
    writeFileSync(file, "");
    const out = path.join(file, "model");
    await expect(openSave({ out, model, use, facts: {} }, () => {})).rejects.toThrow(`${out} can't be written`);
  });

  test("is saved nowhere if nobody asks", async () => {
    expect(await (await openSave({ out: undefined, model, use, facts: {} }, () => {}))({})).toBeUndefined();
  });
});

describe("an output that can't be written", () => {
  /** A stream whose writes fail, and what was written to the other one. */
  const failing = (code: string) => {
    const stdout = new Writable({
      write: (_, __, done) => done(Object.assign(new Error(`${code}: no space left`), { code })),
    });
    let said = "";
    const stderr = new Writable({
      write: (text, _, done) => {
        said += text;
        done();
      },
    });
    return { stdout, state: survive(stdout, stderr), said: () => said };
  };

  test("for want of room is said once, and the work goes on", async () => {
    const { stdout, state, said } = failing("ENOSPC");
    for (let i = 0; i < 3; i++) stdout.write("a line");
    await setTimeout(1);
    expect(state.lost).toBe(true);
    expect(said()).toBe("dlcc: the output can't be written: ENOSPC: no space left. The work goes on\n");
  });

  test("as its reader has stopped is no mistake", async () => {
    const { stdout, state, said } = failing("EPIPE");
    stdout.write("a line");
    await setTimeout(1);
    expect([state.lost, said()]).toEqual([false, ""]);
  });
});
