import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
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
