import { eye, tensor, unsqueeze, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { accuracy } from "../src/index.ts";

const labels = (...classes: number[]) => tensor(classes, { dtype: "int32" });

describe("accuracy", () => {
  test("is the share of examples whose largest output is at their label", async () => {
    expect(await accuracy(eye(4), labels(0, 1, 2, 0)).item()).toBe(0.75);
  });

  test.each([
    ["labels that are a column", eye(3), unsqueeze(labels(0, 1, 2), 1)],
    ["one-hot labels", eye(3), eye(3, { dtype: "int32" })],
    ["too few labels", eye(3), labels(0, 1)],
    ["outputs of more axes", zeros([2, 2, 2]), labels(0, 1)],
  ])("refuses %s, which would broadcast, and names the shapes", (_, outputs, targets) => {
    expect(() => accuracy(outputs, targets)).toThrow(`[${outputs.shape}] and labels [${targets.shape}]`);
  });

  test("refuses a single class, which is always right", () => {
    expect(() => accuracy(zeros([2, 1]), labels(0, 0))).toThrow(/greater\(0\)/);
  });
});
