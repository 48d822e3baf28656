import { parseLayers } from "@dlcc/experiment";
import { expect, test } from "vitest";
import { areDense, imageLayersText, withLayer } from "../src/image-layers.ts";

test.each([
  "conv 8 5, pool 2, dense 64",
  "conv 6 5 same, average 2, pool 3 2, norm, dropout 0.5, mean",
  "residual(conv 16 3 same, norm, residual(conv 16 3 same)), dense 10",
])("layers are written as they are read: %s", (text) => {
  expect(imageLayersText(parseLayers(text))).toBe(text);
});

test("a layer of images is added before the dense ones, and a dense one at the end", () => {
  const layers = parseLayers("conv 8 5, dense 64");
  expect(imageLayersText(withLayer(layers, { kind: "pool", size: 2, stride: 2 }))).toBe("conv 8 5, pool 2, dense 64");
  expect(imageLayersText(withLayer(layers, { kind: "dense", units: 30 }))).toBe("conv 8 5, dense 64, dense 30");
  expect(imageLayersText(withLayer([], { kind: "conv", channels: 4, kernel: 3, same: false }))).toBe("conv 4 3");
});

test("without layers of images all are dense", () => {
  expect(areDense(parseLayers("dense 64, dense 30"))).toBe(true);
  expect(areDense(parseLayers("conv 8 5, dense 64"))).toBe(false);
});
