import { describe, expect, test } from "vitest";
import { freeStorage, newStorage } from "../src/cpu/spare.ts";
import { cpu, fromStorage, full } from "../src/index.ts";

describe("storages that were freed", () => {
  test("are used for results of the same dtype and length", () => {
    const x = full([40, 50], 3);
    const { storage } = x;
    x.dispose();
    expect(full([2000], 1, { dtype: "int32" }).storage).not.toBe(storage);
    expect(full([2001], 1).storage).not.toBe(storage);
    expect(full([2000], 1).storage).toBe(storage);
  });

  test("hold nothing of the old result", () => {
    const storage = newStorage("float64", 4000).fill(Number.NaN);
    freeStorage(storage);
    const next = newStorage("float64", 4000);
    expect(next).toBe(storage);
    expect(next.every((value) => value === 0)).toBe(true);
  });

  test("are kept as long as a view of them is used", async () => {
    const x = full([30, 70], 4);
    const view = x.transpose();
    x.dispose();
    expect(full([30, 70], 5).storage).not.toBe(view.storage);
    expect(await view.sum().item()).toBe(30 * 70 * 4);
  });

  test("are left alone where the backend did not make them", () => {
    const table = new Float32Array(3000).fill(7);
    fromStorage(cpu, table, "float32", [3000]).dispose();
    expect(full([3000], 8).storage).not.toBe(table);
    expect(table[0]).toBe(7);
  });

  test("go when there are too many", () => {
    const storage = newStorage("float32", 5000);
    freeStorage(storage);
    freeStorage(newStorage("bool", 2 ** 24));
    expect(newStorage("float32", 5000)).not.toBe(storage);
  });
});
