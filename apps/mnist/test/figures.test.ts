import { describe, expect, test } from "vitest";
import { decades, power, short } from "../src/ui/figures.ts";

describe("short", () => {
  test.each([
    [0, "0"],
    [0.25, "0.25"],
    [0.00001, "0.00001"],
    [1.5, "1.5"],
    [20_000_000, "20M"],
    [2.5e20, "2.5e+20"],
  ])("%d is %s", (n, text) => {
    expect(short(n)).toBe(text);
  });
});

describe("decades", () => {
  test("leaves the powers of ten of an axis", () => {
    const ticks = [0.05, 0.1, 0.2, 0.5, 0.9, 1, 2, 5, 10, 20, 50, 100, null];
    expect(decades(0, ticks).filter((tick) => tick !== null)).toEqual([0.1, 1, 10, 100]);
  });
  test("leaves their doubles and halves if there are few", () => {
    const ticks = [0.5, 0.6, 0.30000000000000004 / 0.3, 2, 3, 5, 10];
    expect(decades(0, ticks)).toEqual([0.5, null, 1.0000000000000002, 2, null, 5, 10]);
  });
  test("leaves at most eight of many", () => {
    const ticks = Array.from({ length: 13 }, (_, i) => Number(`1e${i - 12}`));
    expect(decades(0, ticks).filter((tick) => tick !== null)).toEqual([1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 0.01, 1]);
  });
});

describe("power", () => {
  test.each([
    [1, "1"],
    [0.02, "0.02"],
    [500, "500"],
    [1e-5, "10⁻⁵"],
    [2e-12, "2·10⁻¹²"],
    [1e4, "10⁴"],
  ])("%d is %s", (n, text) => {
    expect(power(n)).toBe(text);
  });
});
