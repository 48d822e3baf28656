/** Ops that change the shape alone, or nothing, and images of another size. */
import { Dropout, Flatten, identity, type Layer, Upsample } from "@dlcc/layers";
import type { UpsampleOptions } from "@dlcc/tensor";
import type { Axes } from "../axes.ts";
import { OnnxError } from "../error.ts";
import type { Matcher, Matchers } from "./match.ts";
import type { Node } from "./node.ts";
import { decimal } from "./numbers.ts";
import { type Size, sizesOf } from "./sizes.ts";

const flatten: Matcher = (_graph, node) => ({
  from: node.inputs[0] ?? "",
  make: (axes) => {
    const axis = node.int("axis", 1);
    if (axis === 1 || (axes && axis + axes.length === 1)) return new Flatten();
    throw new OnnxError(`its axis must be 1, got ${axis}`);
  },
});

/** Whether a shape is one row for each example. */
function isFlat([examples, features, ...rest]: readonly Size[], axes: Axes | undefined): boolean {
  if (examples === undefined || features === undefined || rest.length > 0) return false;
  const lengths = axes?.slice(1) ?? [undefined];
  const all = lengths.every((length) => typeof length === "number")
    ? lengths.reduce((product, length) => product * length, 1)
    : undefined;
  const isRest = features === -1 || (typeof features === "number" && (all === undefined || features === all));
  if (typeof examples === "object") return "axis" in examples && examples.axis === 0 && isRest;
  if (examples === -1) return features !== -1 && isRest;
  return (examples === 0 || examples === axes?.[0]) && isRest;
}

const reshape: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: (axes) => {
    if (node.int("allowzero", 0) !== 0) throw new OnnxError("its allowzero must be 0");
    const sizes = sizesOf(graph, node.input(1));
    if (sizes && isFlat(sizes, axes)) return new Flatten();
    const said = sizes?.map((size) => (typeof size === "number" ? size : "?"));
    throw new OnnxError(
      `its shape must be one row for each example, as [0,-1], got ${said ? `[${said}]` : "one that is computed"}`,
    );
  },
});

/** A network is data in one direction: what passes it on is no layer, but for the last. */
const pass: Matcher = (graph, node) => {
  const from = node.inputs[0] ?? "";
  return {
    from,
    make: (): Layer[] => (from === graph.input.name && node.outputs[0] === graph.output ? [identity] : []),
  };
};

const dropout: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    node.int("seed", 0);
    const p = decimal(
      node.input(1) === undefined ? node.float("ratio", 0.5) : (graph.scalar(node.input(1)) ?? Number.NaN),
    );
    if (p >= 0 && p < 1) return new Dropout(p);
    throw new OnnxError(`its ratio must be a number from 0 to below 1, got ${p}`);
  },
});

/** Whether, and how, pixels are found as dlcc finds them. @returns The options besides the size. */
function modeOf(node: Node, opset: number): UpsampleOptions {
  const mode = node.text("mode", "nearest");
  // Until opset 10 there was one way: the corners of images lie on each other.
  const places = node.text("coordinate_transformation_mode", opset > 10 ? "half_pixel" : "asymmetric");
  const nearest = node.text("nearest_mode", opset > 10 ? "round_prefer_floor" : "floor");
  node.float("cubic_coeff_a", 0);
  node.float("extrapolation_value", 0);
  if (node.int("exclude_outside", 0) !== 0) throw new OnnxError("its exclude_outside must be 0");
  if (mode === "nearest" && places === "asymmetric" && nearest === "floor") return {};
  if (mode === "linear" && (places === "half_pixel" || places === "pytorch_half_pixel")) return { mode: "bilinear" };
  if (mode === "linear" && places === "align_corners") return { mode: "bilinear", alignCorners: true };
  throw new OnnxError(
    `its mode must be nearest (asymmetric, floor) or linear (half_pixel, align_corners), got ${mode} (${places}, ${nearest})`,
  );
}

const resize: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    const how = modeOf(node, graph.opset);
    const at = node.op === "Upsample" || graph.opset === 10 ? 1 : 2;
    const scales = graph.constant(node.input(at));
    if (scales && scales.data.length > 0) {
      const [n, channels, down, across, ...rest] = [...scales.data].map(decimal);
      if (n !== 1 || channels !== 1 || down === undefined || across === undefined || rest.length > 0) {
        throw new OnnxError("its scales must be four, and 1 for examples and channels");
      }
      return new Upsample({ ...how, scale: [down, across] });
    }
    const [, , rows, columns, ...rest] = sizesOf(graph, node.input(3)) ?? [];
    if (typeof rows === "number" && typeof columns === "number" && rest.length === 0) {
      return new Upsample({ ...how, size: [rows, columns] });
    }
    throw new OnnxError("its height and width must stand in the file, as scales or sizes");
  },
});

export const shapeMatchers: Matchers = [
  ["Flatten", flatten],
  ["Reshape", reshape],
  ["Identity", pass],
  ["Dropout", dropout],
  ["Resize", resize],
  ["Upsample", resize],
];
