import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { embeddedDigits } from "../src/digits/embedded.ts";
import { cacheFolder, chooseFolder } from "../src/digits/find.ts";

describe("where digits come from", () => {
  const filledCache = mkdtempSync(path.join(tmpdir(), "dlcc-"));
  mkdirSync(path.join(filledCache, "dlcc", "mnist"), { recursive: true });
  writeFileSync(path.join(filledCache, "dlcc", "mnist", "train-images-idx3-ubyte"), "");
  const emptyCache = mkdtempSync(path.join(tmpdir(), "dlcc-"));

  test("first the option", () => {
    const environment = { DLCC_MNIST_DIR: "/variable", XDG_CACHE_HOME: filledCache };
    expect(chooseFolder("/option", environment)).toEqual({ folder: "/option", reason: "--data" });
  });

  test("then the environment variable", () => {
    const environment = { DLCC_MNIST_DIR: "/variable", XDG_CACHE_HOME: filledCache };
    expect(chooseFolder(undefined, environment)).toEqual({ folder: "/variable", reason: "DLCC_MNIST_DIR" });
  });

  test("then the cache", () => {
    const environment = { DLCC_MNIST_DIR: "", XDG_CACHE_HOME: filledCache };
    expect(chooseFolder(undefined, environment)?.folder).toBe(path.join(filledCache, "dlcc", "mnist"));
  });

  test("else none: those that come with the program", () => {
    expect(chooseFolder(undefined, { XDG_CACHE_HOME: emptyCache })).toBeUndefined();
  });

  test("none, either, for the option `embedded`, whatever else is named", () => {
    expect(chooseFolder("embedded", { DLCC_MNIST_DIR: "/variable", XDG_CACHE_HOME: filledCache })).toBeUndefined();
  });

  test("the cache follows XDG, and is in ~/.cache without it", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/xdg" })).toBe(path.join("/xdg", "dlcc", "mnist"));
    expect(cacheFolder({})).toContain(path.join(".cache", "dlcc", "mnist"));
  });
});

describe("the embedded digits", () => {
  const { train, test: held } = embeddedDigits();

  test("are 8,000 to learn from and 2,000 others", () => {
    expect([train.images.shape, held.images.shape]).toEqual([
      [8000, 784],
      [2000, 784],
    ]);
  });

  // The counts are those of the first 10,000 labels of MNIST's training file.
  test("hold each digit as often as MNIST's first 10,000 do", async () => {
    const counts = new Array<number>(10).fill(0);
    for (const part of [train, held]) for (const label of await part.labels.data()) counts[label]! += 1;
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  });

  test("have pixels of v/255, from 0 to 1", async () => {
    const pixels = await train.images.data();
    const whole = (v: number): boolean => Math.abs(v * 255 - Math.round(v * 255)) < 1e-4;
    expect(pixels.every((v) => v >= 0 && v <= 1 && whole(v))).toBe(true);
    expect(pixels.some((v) => v === 1)).toBe(true);
  });

  test("no image is in both parts", async () => {
    const rows = async (x: typeof held.images): Promise<string[]> => {
      const data = (await x.data()) as Float32Array;
      return Array.from({ length: x.shape[0]! }, (_, i) => data.subarray(i * 784, (i + 1) * 784).join());
    };
    const learned = new Set(await rows(train.images));
    expect((await rows(held.images)).filter((row) => learned.has(row))).toEqual([]);
  });
});
