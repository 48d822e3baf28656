import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  add,
  apply,
  arange,
  argmax,
  argmin,
  type Backend,
  BackendError,
  broadcastTo,
  composites,
  concat,
  conv1d,
  conv2d,
  conv2dWeightGradient,
  convTranspose2d,
  cpu,
  DisposedError,
  DlccError,
  DTypeError,
  exp,
  fold,
  gather,
  matmul,
  max,
  mean,
  ones,
  ops,
  pad,
  permute,
  reshape,
  ShapeError,
  scatterAdd,
  slice,
  sort,
  squeeze,
  sum,
  type Tensor,
  tensor,
  topk,
  transpose,
  unfold,
  where,
  zeros,
} from "../src/index.ts";

const int = (data: number[]): Tensor => tensor(data, { dtype: "int32" });

/** What is called, and the class and the words of its error. */
// biome-ignore format: a table
const errors: readonly [name: string, call: () => unknown, type: new (...args: never[]) => Error, words: RegExp][] = [
  ["matmul, inner dimensions", () => matmul(zeros([64, 784]), zeros([785, 10])), ShapeError, /^matmul: inner dimensions must be equal, got \[64,784\] x \[785,10\]$/],
  ["matmul of a scalar", () => matmul(tensor(2), zeros([2, 2])), ShapeError, /^matmul: .*\[\] x \[2,2\].*mul/],
  ["matmul, leading axes", () => matmul(zeros([2, 3, 4]), zeros([5, 4, 3])), ShapeError, /^matmul: .*\[2\] and \[5\]/],
  ["matmul of bool", () => matmul(zeros([1, 1], { dtype: "bool" }), zeros([1, 1], { dtype: "bool" })), DTypeError, /^matmul: the input must be numbers, got bool.*cast/],
  ["add, shapes", () => add(zeros([2, 3]), zeros([2])), ShapeError, /^add: shapes must broadcast .*, got \[2,3\] and \[2\]$/],
  ["add, dtypes", () => add(zeros([2]), int([1, 2])), DTypeError, /^add: dtypes must be equal, got float32 \[2\] and int32 \[2\]: .*cast\("float32"\)/],
  ["add of bool", () => add(tensor([true]), tensor([true])), DTypeError, /^add: the input must be numbers, got bool/],
  ["exp of int32", () => exp(int([1])), DTypeError, /^exp: .*int32 \[1\].*cast\("float32"\)/],
  ["div of int32", () => int([4]).div(2), DTypeError, /^div: the input must be float32 or float64, got int32 \[1\]: cast first, as in x\.cast\("float32"\), or take floorDivide\(a, b\)$/],
  ["a fraction beside int32", () => int([1]).add(0.5), DTypeError, /^add: a number next to a tensor of int32 must be one of int32, got 0\.5: cast/],
  ["2 beside bool", () => tensor([true]).equal(2), DTypeError, /^equal: a number next to a tensor of bool must be one of bool, got 2/],
  ["where without bool", () => where(zeros([2]), zeros([2]), zeros([2])), DTypeError, /^where: .*bool condition/],
  ["argmin of bool", () => argmin(tensor([true])), DTypeError, /^argmin: the input must be numbers, got bool/],
  ["max of nothing", () => max(zeros([2, 0]), 1), ShapeError, /^max: x must have an element along axes \[1\], got \[2,0\]/],
  ["argmax of nothing", () => argmax(zeros([0])), ShapeError, /^argmax: .*\[0\]/],
  ["an axis too far", () => sum(zeros([2, 3]), 2), ArgumentError, /^sum: the axis must be from -2 to 1, for a tensor of rank 2, got 2/],
  ["an axis twice", () => sum(zeros([2, 3]), [0, -2]), ArgumentError, /^sum: each axis must be named once, got \[0,0\]/],
  ["reshape", () => reshape(zeros([2, 3]), [4, 2]), ShapeError, /^reshape: \[4,2\] must have the 6 elements of \[2,3\]/],
  ["reshape with two lengths open", () => reshape(zeros([4]), [-1, -1]), ShapeError, /^reshape: /],
  ["reshape with an open length beside 0", () => reshape(zeros([0]), [0, -1]), ShapeError, /^reshape: /],
  ["transpose of a vector", () => transpose(zeros([3])), ArgumentError, /^transpose: the axis must be from -1 to 0, .*got -2/],
  ["permute with an axis twice", () => permute(zeros([2, 3]), [0, 0]), ArgumentError, /^permute: axes must name each axis of \[2,3\] once, got \[0,0\]/],
  ["permute with an axis left out", () => permute(zeros([2, 3]), [0]), ArgumentError, /^permute: /],
  ["broadcastTo", () => broadcastTo(zeros([2, 3]), [3, 3]), ShapeError, /^broadcastTo: the shape must broadcast to \[3,3\], got \[2,3\]/],
  ["broadcastTo fewer axes", () => broadcastTo(zeros([1, 3]), [3]), ShapeError, /^broadcastTo: /],
  ["slice with an index outside", () => slice(zeros([3]), 3), ArgumentError, /^slice: an index of axis 0 must be from -3 to 2, got 3/],
  ["slice with step 0", () => slice(zeros([3]), [0, 3, 0]), ArgumentError, /^slice: .*the step not 0, got \[0,3,0\]/],
  ["slice with too many ranges", () => slice(zeros([3]), 0, 0), ArgumentError, /^slice: there must be at most one range for each axis of \[3\], got 2/],
  ["squeeze of a long axis", () => squeeze(zeros([2, 1]), 0), ShapeError, /^squeeze: axis 0 must have length 1, got \[2,1\]/],
  ["pad without a pair for each axis", () => pad(zeros([2, 3]), [[1, 1]]), ShapeError, /^pad: .*\[2,3\]/],
  ["pad by less than nothing", () => pad(zeros([2]), [[-1, 0]]), ShapeError, /^pad: /],
  ["concat of other shapes", () => concat([zeros([2, 3]), zeros([2, 2])], 0), ShapeError, /^concat: all axes but axis 0 must be equal, got \[2,3\] and \[2,2\]/],
  ["concat of two dtypes", () => concat([zeros([2]), int([1])]), DTypeError, /^concat: dtypes must be equal/],
  ["concat of nothing", () => concat([]), ArgumentError, /^concat: /],
  ["topk of too many", () => topk(zeros([2, 3]), 4), ArgumentError, /^topk: k must be a whole number from 0 to 3, got 4/],
  ["topk of a part", () => topk(zeros([3]), 0.5), ArgumentError, /^topk: k must be a whole number from 0 to 3, got 0.5/],
  ["sort of a scalar", () => sort(tensor(1)), ArgumentError, /^sort: /],
  ["gather at floats", () => gather(zeros([3]), zeros([2])), DTypeError, /^gather: the input must be int32 indices/],
  ["gather outside", () => gather(zeros([3]), int([3])), ArgumentError, /^gather: indices must be from -3 to 2, got 3/],
  ["gather below", () => gather(zeros([3]), int([-4])), ArgumentError, /^gather: indices must be from -3 to 2, got -4/],
  ["scatterAdd with other indices", () => scatterAdd(zeros([3]), int([0, 1]), 0, 4), ShapeError, /^scatterAdd: the axes of x from axis 0 on must be those of the indices \[2\], got \[3\]/],
  ["unfold of a matrix", () => unfold(zeros([3, 3]), 2), ShapeError, /^unfold: x must be \[n, channels, height, width\], got \[3,3\]/],
  ["unfold with too large a window", () => unfold(zeros([1, 1, 2, 2]), 3), ShapeError, /^unfold: the window must fit into the padded input of 2 .*got 3/],
  ["unfold with stride 0", () => unfold(zeros([1, 1, 2, 2]), 1, { stride: 0 }), ArgumentError, /^unfold: stride must be whole numbers from 1, got \[0,0\]/],
  ["conv2d of a matrix", () => conv2d(zeros([3, 3]), zeros([1, 1, 2, 2])), ShapeError, /^conv2d: x must be \[n, channels, height, width\], got \[3,3\]/],
  ["conv2d with a flat weight", () => conv2d(zeros([1, 1, 3, 3]), zeros([1, 4])), ShapeError, /^conv2d: weight must be \[outputs, channels \/ groups, kernel height, kernel width\], got \[1,4\]/],
  ["conv2d with other channels", () => conv2d(zeros([1, 3, 4, 4]), zeros([8, 2, 3, 3])), ShapeError, /^conv2d: x must have 2 channels, for a weight \[8,2,3,3\], got \[1,3,4,4\]/],
  ["conv2d with other groups", () => conv2d(zeros([1, 3, 4, 4]), zeros([8, 3, 3, 3]), undefined, { groups: 3 }), ShapeError, /^conv2d: groups must divide the 9 channels and the 8 outputs, got 3/],
  ["conv2d with no groups", () => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3]), undefined, { groups: 0 }), ArgumentError, /^conv2d: groups must be a whole number from 1, got 0/],
  ["conv2d with another bias", () => conv2d(zeros([1, 1, 4, 4]), zeros([2, 1, 3, 3]), zeros([3])), ShapeError, /^conv2d: bias must be \[2\], a number for each channel, got \[3\]/],
  ["conv2d with too large a kernel", () => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 7]), undefined, { padding: 1 }), ShapeError, /^conv2d: the window must fit into the padded input of 4 .*got 7/],
  ["conv2d with an odd stride", () => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3]), undefined, { stride: 1.5 }), ArgumentError, /^conv2d: stride must be whole numbers from 1, got \[1.5,1.5\]/],
  ["conv2d, same with a stride", () => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3]), undefined, { stride: 2, padding: "same" }), ArgumentError, /^conv2d: with padding "same", the stride must be 1, got \[2,2\]/],
  ["conv2d with another word", () => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3]), undefined, { padding: "valid" as never }), ArgumentError, /^conv2d: padding must be whole numbers from 0, got string/],
  ["conv2d of two dtypes", () => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3], { dtype: "float64" })), DTypeError, /^conv2d: dtypes must be equal, got float32 \[1,1,4,4\] and float64/],
  ["conv2d of whole numbers", () => conv2d(zeros([1, 1, 4, 4], { dtype: "int32" }), zeros([1, 1, 3, 3], { dtype: "int32" })), DTypeError, /^conv2d: the input must be float32 or float64, got int32/],
  ["conv2d of an array", () => conv2d([[1]] as never, zeros([1, 1, 3, 3])), ArgumentError, /^conv2d: expected a tensor, got Array/],
  ["conv1d of a matrix", () => conv1d(zeros([3, 3]), zeros([1, 1, 2])), ShapeError, /^conv1d: x must be \[n, channels, length\], got \[3,3\]/],
  ["conv1d with an image's weight", () => conv1d(zeros([1, 3, 3]), zeros([1, 3, 2, 2])), ShapeError, /^conv1d: weight must be \[outputs, channels \/ groups, kernel\], got \[1,3,2,2\]/],
  ["conv1d with padding below 0", () => conv1d(zeros([1, 3, 3]), zeros([1, 3, 2]), undefined, { padding: -1 }), ArgumentError, /^conv1d: padding must be whole numbers from 0, got \[0,-1\]/],
  ["convTranspose2d with other channels", () => convTranspose2d(zeros([1, 3, 4, 4]), zeros([2, 3, 3, 3])), ShapeError, /^convTranspose2d: x must have 2 channels, for a weight \[2,3,3,3\], got \[1,3,4,4\]/],
  ["convTranspose2d with a flat weight", () => convTranspose2d(zeros([1, 1, 3, 3]), zeros([1, 4])), ShapeError, /^convTranspose2d: weight must be \[channels, outputs \/ groups, kernel height, kernel width\], got \[1,4\]/],
  ["convTranspose2d of which padding leaves nothing", () => convTranspose2d(zeros([1, 1, 1, 1]), zeros([1, 1, 2, 2]), undefined, { padding: 1 }), ShapeError, /^convTranspose2d: the padding must leave at least one pixel of the result, got \[0,0\]/],
  ["convTranspose2d with too much output padding", () => convTranspose2d(zeros([1, 1, 2, 2]), zeros([1, 1, 2, 2]), undefined, { stride: [2, 1], outputPadding: 1 }), ArgumentError, /^convTranspose2d: outputPadding must be smaller than the stride \[2,1\], got \[1,1\]/],
  ["convTranspose2d into another size", () => apply(ops.convTranspose2d, { window: { kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] }, groups: 1, size: [5, 5] }, zeros([1, 1, 2, 2]), zeros([1, 1, 2, 2])), ShapeError, /^convTranspose2d: over images of 5 × 5 the window has 4 × 4 positions, got \[1,1,2,2\]/],
  ["conv2d with a window of another size", () => apply(ops.conv2d, { window: { kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] }, groups: 1, activation: undefined }, zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3])), ShapeError, /^conv2d: weight must have four axes, the last two \[2,2\], got \[1,1,3,3\]/],
  ["conv2dWeightGradient of another batch", () => conv2dWeightGradient(zeros([2, 1, 4, 4]), zeros([1, 1, 3, 3]), 2), ShapeError, /^conv2dWeightGradient: gradient must be \[2, outputs, rows, columns\], got \[1,1,3,3\]/],
  ["conv2dWeightGradient of another size", () => conv2dWeightGradient(zeros([1, 1, 4, 4]), zeros([1, 1, 4, 4]), 2), ShapeError, /^conv2dWeightGradient: over images of 4 × 4 the window has 3 × 3 positions, got \[1,1,4,4\]/],
  ["fold of other patches", () => fold(zeros([1, 4, 5]), [3, 3], 2), ShapeError, /^fold: to fold into \[3,3\] .*got \[1,4,5\]/],
  ["tensor with uneven nesting", () => tensor([[1, 2], [3]]), ShapeError, /^tensor: nested arrays must be of one shape, got \[2\] at 0 and \[1\] at 1/],
  ["tensor with too little data", () => tensor([1, 2, 3], { shape: [2, 2] }), ShapeError, /^tensor: \[2,2\] must have as many elements as the data, got 3/],
  ["tensor of a string", () => tensor("1" as never), ArgumentError, /^tensor: .*got string/],
  ["a shape below 0", () => zeros([-1]), ShapeError, /^zeros: each length of a shape must be a whole number from 0, got \[-1\]/],
  ["arange without end", () => arange(0, { end: 1, step: 0 }), ArgumentError, /^arange: the step must lead from start to end, got 0, 1 and a step of 0/],
  ["a number where a tensor belongs", () => exp(1 as never), ArgumentError, /^exp: expected a tensor, got number: make one with tensor/],
  ["add of two numbers", () => add(1, 2), ArgumentError, /^add: expected a tensor, got number/],
  ["linear, shapes", () => apply(ops.linear, { activation: undefined }, zeros([2, 3]), zeros([4, 5])), ShapeError, /^linear: x \[2,3\] and weight \[4,5\]/],
  ["cross-entropy with float labels", () => apply(ops.softmaxCrossEntropy, {}, zeros([2, 3]), zeros([2])), DTypeError, /^softmaxCrossEntropy: labels .*int32.*float32/],
];

describe("errors name the op, what came, and the way out", () => {
  test.each(errors)("%s", (_, call, type, words) => {
    expect(call).toThrow(type);
    expect(call).toThrow(words);
  });
});

test("slice from a fraction is refused", () => {
  expect(() => slice(zeros([3]), [0.5])).toThrow(ArgumentError);
});

test("scatterAdd along an axis that is not there is refused", () => {
  expect(() => scatterAdd(zeros([3]), int([0]).reshape([]), 7, 4)).toThrow(ArgumentError);
});

test("pad with a value that the dtype does not hold is refused", () => {
  expect(() => pad(int([1]), [[1, 1]], 0.5)).toThrow(DTypeError);
});

test("a dtype that does not exist is refused", () => {
  expect(() => zeros([1], { dtype: "float16" as never })).toThrow(DTypeError);
});

test("mean of int32 names mean", () => {
  expect(() => mean(int([1, 2]))).toThrow(/^mean: /);
});

test("all errors are of one base class", () => {
  for (const type of [ShapeError, DTypeError, BackendError, DisposedError, ArgumentError]) {
    const error = new type("why");
    expect(error).toBeInstanceOf(DlccError);
    expect(error.name).toBe(type.name);
  }
});

describe("two backends", () => {
  const gpu: Backend = { ...cpu, name: "gpu" };
  const f32: Backend = { ...cpu, name: "small", dtypes: ["float32", "int32", "bool"] };

  test("inputs on two backends are an error that names both", () => {
    const call = (): Tensor => add(zeros([1]), zeros([1], { backend: gpu }));
    expect(call).toThrow(BackendError);
    expect(call).toThrow(/^add: inputs must be on one backend, got cpu and gpu: .*await t\.to\(backend\)/);
  });

  test("an op that a backend has no kernel for is refused, and of a fused one the way out is named", async () => {
    const bare: Backend = { ...cpu, name: "bare", kernel: (op) => (op.name === "matmul" ? cpu.kernel(op) : undefined) };
    const x = ones([2, 3], { backend: bare });
    expect(() => x.exp()).toThrow(/^exp: the backend bare must have a kernel for it$/);
    const call = (backend: Backend): Tensor =>
      apply(ops.linear, { activation: undefined }, ones([2, 3], { backend }), ones([4, 3], { backend }));
    expect(() => call(bare)).toThrow(BackendError);
    expect(() => call(bare)).toThrow(
      /^linear: the backend bare must have a kernel for it, or a composite: add composites .*\{ \.\.\.backend, composites \}/,
    );
    expect(await call({ ...bare, composites }).array()).toEqual([[3, 3, 3, 3], [3, 3, 3, 3]]); // biome-ignore format: a matrix
  });

  test("to moves a tensor, and on its own backend gives the tensor itself", async () => {
    const x = tensor([1, 2]);
    const moved = await x.to(gpu);
    expect(moved.backend).toBe(gpu);
    expect(await moved.array()).toEqual([1, 2]);
    expect(await x.to(cpu)).toBe(x);
  });

  test("a dtype that the backend does not support is refused, by name", () => {
    expect(() => zeros([1], { backend: f32, dtype: "float64" })).toThrow(/the backend small, .*got float64/);
    expect(() => zeros([1], { backend: f32 }).cast("float64")).toThrow(
      /^cast: the dtype must be one of the backend small, .*got float64/,
    );
  });

  test("dataSync on a backend that can't is an error that names data()", () => {
    const { readSync: _, ...device } = gpu;
    expect(() => zeros([1], { backend: device }).dataSync()).toThrow(/^dataSync: the backend gpu .*await t\.data\(\)/);
  });
});

describe("two copies of the package", () => {
  /** What a tensor of another copy looks like: its fields, but not this copy's class. */
  const { shape, dtype, strides, offset, backend } = tensor([1, 2]);
  const foreign = { shape, dtype, strides, offset, backend } as unknown as Tensor;
  const calls: readonly [string, () => unknown][] = [
    ["exp", () => exp(foreign)],
    ["add", () => add(tensor([1, 2]), foreign)],
    ["sub", () => apply(ops.sub, {}, foreign, tensor([1, 2]))],
    ["sum", () => sum(foreign)],
    ["matmul", () => matmul(tensor([1, 2]), foreign)],
    ["concat", () => concat([tensor([1, 2]), foreign])],
    ["reshape", () => reshape(foreign, [2, 1])],
    ["where", () => where(foreign, 1, tensor([1, 2]))],
  ];
  test.each(calls)("%s names npm ls", (op, call) => {
    expect(call).toThrow(BackendError);
    expect(call).toThrow(new RegExp(`^${op}: a tensor comes from another copy of @dlcc/tensor.*npm ls @dlcc/tensor`));
  });
});

test("item of several elements is a ShapeError", async () => {
  await expect(tensor([1, 2]).item()).rejects.toThrow(/^item: the tensor must have one element, got 2 in \[2\]/);
});

test("a label outside the classes is refused on cpu, with its place", () => {
  const labels = tensor([0, 2], { dtype: "int32" });
  expect(() => apply(ops.softmaxCrossEntropy, {}, zeros([2, 2]), labels)).toThrow(
    /labels must be from 0 to 1, got 2 for example 1$/,
  );
});
