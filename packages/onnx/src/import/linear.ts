/** Products with matrices. */
import { AdaptiveAvgPool2d, Linear, Perceptron } from "@dlcc/layers";
import type { Tensor } from "@dlcc/tensor";
import { partsMatrix } from "../adaptive.ts";
import { OnnxError } from "../error.ts";
import { elementTypes } from "../proto/schema.ts";
import type { Constant } from "./constant.ts";
import type { Graph } from "./graph.ts";
import type { Matcher, Matchers } from "./match.ts";

/** The weights of a product, and whether they are `[in, out]`. A `Transpose` of them turns them once more. */
function weightsOf(graph: Graph, name: string | undefined, isTurned: boolean): readonly [Constant, boolean] {
  const turn = graph.producer(name, "Transpose");
  if (turn?.ints("perm")?.join() !== "1,0") return [graph.floats(name, "weights"), isTurned];
  return [graph.floats(turn.inputs[0], "weights"), !isTurned];
}

/** A layer with weights `[out, in]`, or turned. */
function linear(graph: Graph, [weight, isTurned]: ReturnType<typeof weightsOf>, bias: Constant | undefined): Linear {
  if (weight.dims.length !== 2) throw new OnnxError(`its weights must be a matrix, got [${weight.dims}]`);
  const [outFeatures = 0, inFeatures = 0] = isTurned ? weight.dims.toReversed() : weight.dims;
  assertBias(bias, outFeatures, weight);
  return graph.once(["Linear", weight.name, isTurned, bias?.name], () => {
    const value = isTurned ? graph.turned(weight) : graph.tensor(weight);
    return new Linear(inFeatures, outFeatures, {
      ...given(value, bias && graph.tensor(bias, [outFeatures])),
      dtype: value.dtype,
    });
  });
}

/** Options that make a layer with these numbers. */
export const given = (
  weight: Tensor,
  bias: Tensor | undefined,
): { readonly weight: () => Tensor; readonly bias: (() => Tensor) | false } => ({
  weight: () => weight,
  bias: bias === undefined ? false : () => bias,
});

/** Checks that biases are one for each output, of the weights' dtype. */
export function assertBias(bias: Constant | undefined, outputs: number, weight: Constant): void {
  if (bias === undefined) return;
  if (bias.data.length !== outputs || bias.dims.slice(0, -1).some((length) => length !== 1)) {
    throw new OnnxError(`its biases must be [${outputs}], got [${bias.dims}]`);
  }
  if (bias.dtype !== weight.dtype) {
    throw new OnnxError(`its biases must be of ${weight.dtype}, as its weights, got ${bias.dtype}`);
  }
}

const gemm: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: (axes) => {
    for (const [name, wanted] of [
      ["alpha", 1],
      ["beta", 1],
    ] as const) {
      const found = node.float(name, 1);
      if (found !== wanted) throw new OnnxError(`its ${name} must be ${wanted}, got ${found}`);
    }
    if (node.int("transA", 0) !== 0) throw new OnnxError("its transA must be 0");
    if (axes && axes.length !== 2) throw new OnnxError(`its input must have 2 axes, got ${axes.length}`);
    const isTurned = node.int("transB", 0) === 0;
    const bias = node.input(2) === undefined ? undefined : graph.floats(node.input(2), "biases");
    return linear(graph, weightsOf(graph, node.input(1), isTurned), bias);
  },
});

const matmul: Matcher = (graph, node) => {
  const [x = "", weight = ""] = node.inputs;
  if (!graph.isConstant(weight)) return undefined;
  return { from: x, make: () => linear(graph, weightsOf(graph, weight, true), undefined) };
};

const matmulWithBias: Matcher = (graph, node) => {
  const pair = graph.pairOf(node);
  const product = graph.producer(pair?.value, "MatMul");
  const weight = product?.inputs[1] ?? "";
  if (!pair || !product || !graph.isConstant(weight)) return undefined;
  return {
    from: product.inputs[0] ?? "",
    make: () => linear(graph, weightsOf(graph, weight, true), graph.floats(pair.constant, "biases")),
  };
};

/** `1 if x·w − b > 0, else 0`. */
const perceptron: Matcher = (graph, node) => {
  const greater = graph.producer(node.inputs[0], "Greater");
  const difference = graph.producer(greater?.inputs[0], "Sub");
  const product = graph.producer(difference?.inputs[0], "MatMul");
  const weight = graph.constant(product?.inputs[1]);
  if (!greater || !difference || !product || weight?.dims.length !== 1 || graph.scalar(greater.inputs[1]) !== 0) {
    return undefined;
  }
  return {
    from: product.inputs[0] ?? "",
    make: () => {
      if (node.int("to", 0) !== elementTypes.float32) throw new OnnxError("it must cast to float32");
      const threshold = graph.floats(difference.inputs[1], "threshold");
      if (weight.dtype !== "float32" || threshold.dtype !== "float32" || threshold.dims.length > 0) {
        throw new OnnxError("its weights and its threshold must be of float32, and that one number");
      }
      return graph.once(["Perceptron", weight.name, threshold.name], () => {
        return new Perceptron([...weight.data], threshold.data[0] ?? 0);
      });
    },
  };
};

/** Adaptive pooling whose parts overlap: the means of rows, and of columns, as products with matrices. */
const adaptive: Matcher = (graph, node) => {
  const inner = graph.producer(node.inputs[0], "MatMul");
  if (!inner || !graph.isConstant(inner.inputs[0] ?? "") || !graph.isConstant(node.inputs[1] ?? "")) return undefined;
  return {
    from: inner.inputs[1] ?? "",
    nodes: [node, inner],
    make: () => {
      const [down, across] = [graph.floats(inner.inputs[0], "rows"), graph.floats(node.inputs[1], "columns")];
      const [rows = 0, height = 0] = down.dims;
      const [width = 0, columns = 0] = across.dims;
      const isMean = ({ data }: Constant, expected: readonly number[], turnedBy: number): boolean =>
        data.length === expected.length &&
        data.every((value, i) => {
          const at = turnedBy === 0 ? i : (i % turnedBy) * width + Math.floor(i / turnedBy);
          return Math.abs(value - (expected[at] as number)) < tiny;
        });
      const sizes = down.dims.length === 2 && across.dims.length === 2 && rows * width > 0;
      if (sizes && isMean(down, partsMatrix(height, rows), 0) && isMean(across, partsMatrix(width, columns), columns)) {
        return new AdaptiveAvgPool2d([rows, columns]);
      }
      throw new OnnxError("its matrix on the left must take the means of parts: others are no layer");
    },
  };
};

/** By how much a mean's factor may be off in single precision. */
const tiny = 1e-6;

export const linearMatchers: Matchers = [
  ["Gemm", gemm],
  ["MatMul", adaptive],
  ["MatMul", matmul],
  ["Add", matmulWithBias],
  ["Cast", perceptron],
];
