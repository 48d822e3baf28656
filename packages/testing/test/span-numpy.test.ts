/** Parity with NumPy: the cases in fixtures/numpy.json are what fixtures/numpy-cases.py wrote; it says how they read. */
import { readFileSync } from "node:fs";
import { createGpu } from "@dlcc/gpu";
import * as dlcc from "@dlcc/tensor";
import { cpu, type DType, DTypeError, ShapeError, slice, Tensor, type TypedArray, tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";
import order from "./fixtures/numpy-order.json" with { type: "json" };
import reductions from "./fixtures/numpy-reductions.json" with { type: "json" };
import pairs from "./fixtures/pairs.json" with { type: "json" };
import unary from "./fixtures/unary.json" with { type: "json" };

type Code = "f4" | "f8" | "i4" | "b1";
/** Also what dlcc does not hold: `int64`. */
type AnyCode = Code | "i8";
type Encoded = readonly [dtype: Code, shape: readonly number[], data: readonly (number | string)[]];
/** A tensor, a list of tensors, or the name of an error. */
type Expected = Encoded | readonly Encoded[] | string;
type Case = readonly [args: readonly unknown[], expected: Expected];

interface Fixture {
  readonly tensors: readonly Encoded[];
  readonly cases: Readonly<Record<string, readonly Case[]>>;
  readonly differences: Readonly<Record<string, readonly [dtype: AnyCode, ...unknown[]]>>;
}

const fixture = JSON.parse(readFileSync(new URL("fixtures/numpy.json", import.meta.url), "utf8")) as Fixture;

const dtypes: Readonly<Record<Code, DType>> = { f4: "float32", f8: "float64", i4: "int32", b1: "bool" };

/** How far a number may be off, relative to NumPy's. */
const tolerances: Readonly<Record<DType, number>> = { float32: 1e-6, float64: 1e-12, int32: 0, bool: 0 };

/** Composites that only move numbers. */
const shapeAndChoice = "chunk diagonal flip maskedFill meshgrid repeat roll split takeAlongAxis tile tril triu".split(
  " ",
);

/** Composites that are compared on all backends. */
const composites = [...shapeAndChoice, "outer", "dot", "tensordot", "einsum"];

/** Of whole numbers alone, as float32 has too few digits for what float64 gives. */
const ofWholeNumbers = new Set(["mul", "floorDivide", "mod", "matmul"]);

/** What is compared on all backends: also what takes indices, which each backend counts, and products of whole numbers. */
const onAll = [...composites, "gather", "scatterAdd", ...ofWholeNumbers];

const takesIndices = new Set(["gather", "scatterAdd", "takeAlongAxis"]);

/** Ops that only move numbers: in floats, too, they lose nothing. */
const movement = new Set(
  "broadcastTo concat contiguous flatten full gather pad permute reshape slice squeeze stack transpose unfold unsqueeze where"
    .split(" ")
    .concat(shapeAndChoice),
);

/** What `@dlcc/tensor` exports that NumPy has no counterpart of. */
const notCompared = new Set([
  // Compared with their composites, and with PyTorch.
  "activationGradient",
  "adamStep",
  "adaptiveAvgPool2d",
  "avgPool2d",
  "avgPool2dGradient",
  "batchNorm",
  "channelMoments",
  "channelNorm",
  "channelNormGradient",
  "channelNormSums",
  "groupNorm",
  "hardSwish",
  "layerNorm",
  "maxPool2d",
  "maxPool2dGradient",
  "prelu",
  "upsample",
  "conv1d",
  "conv2d",
  "conv2dWeightGradient",
  "convTranspose2d",
  "linear",
  "momentumStep",
  "sgdStep",
  "softmaxCrossEntropy",
  "softmaxCrossEntropyGradient",
  // Not of NumPy's.
  "claim",
  "copy",
  "custom",
  "debug",
  "largestHolders",
  "liveTensors",
  "originOf",
  "printable",
  "profile",
  "quoted",
  "span",
  "withBudget",
  "advance",
  "alias",
  "viewOf",
  "retain",
  "apply",
  "applyStep",
  "collapse",
  "contiguousStrides",
  "fromStorage",
  "generatorOf",
  "isContiguous",
  "isFloat",
  "keep",
  "kernelsOf",
  "integer",
  "loadValues",
  "moveValues",
  "assertDType",
  "assertLabels",
  "assertTensor",
  "named",
  "normal",
  "permutation",
  "randn",
  "sameShape",
  "sizeOf",
  "tensor",
  "tidy",
  "uniform",
  "unrecorded",
  "unscopedTensors",
  "windowPositions",
  "withRecorder",
]);

/** The same value, laid out otherwise in its storage. */
const layouts: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  "in row-major order": (x) => x,
  "in column-major order": (x) => {
    const reversed = x.shape.map((_, axis) => axis).reverse();
    return dlcc.permute(dlcc.contiguous(dlcc.permute(x, reversed)), reversed);
  },
  "back to front": (x) =>
    slice(
      tensor(x.dataSync().reverse(), { shape: x.shape, dtype: x.dtype }),
      ...x.shape.map(() => [undefined, undefined, -1] as const),
    ),
  "with gaps": (x) => {
    const spread = x.dataSync();
    const twice = new (spread.constructor as new (length: number) => TypedArray)(2 * spread.length);
    spread.forEach((value, i) => {
      twice[2 * i + 1] = value;
    });
    return slice(tensor(twice, { shape: [...x.shape, 2], dtype: x.dtype }), ...x.shape.map(() => [] as const), 1);
  },
  "inside a larger one": (x) => {
    const around = dlcc.pad(
      x,
      x.shape.map(() => [1, 1]),
      1,
    );
    return slice(around, ...x.shape.map(() => [1, -1] as const));
  },
};

const make = ([code, shape, data]: Encoded): Tensor => tensor(data.map(Number), { shape, dtype: dtypes[code] });

/** Arguments as dlcc takes them: `{ t: 3 }` is a tensor, `null` is undefined. */
function decode(value: unknown, layout: (x: Tensor) => Tensor): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((item) => decode(item, layout));
  if (typeof value === "string" && /^(NaN|-?Infinity)$/.test(value)) return Number(value);
  if (typeof value !== "object") return value;
  if ("t" in value) return layout(make(fixture.tensors[value.t as number] as Encoded));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decode(item, layout)]));
}

type Given = Tensor | readonly Tensor[] | readonly number[];
const functions = dlcc as unknown as Readonly<Record<string, (...args: unknown[]) => Given>>;

/** What dlcc gives: a tensor (of a shape it makes one), tensors, or what it throws. */
function run(op: string, args: readonly unknown[], layout: (x: Tensor) => Tensor): unknown {
  const decoded = decode(args, layout) as unknown[];
  try {
    const result = functions[op]?.(...decoded);
    const isShape = Array.isArray(result) && !(result[0] instanceof Tensor);
    return isShape ? tensor(Int32Array.from(result as number[])) : result;
  } catch (error) {
    return error;
  }
}

/** In `float32`, `z − log Σ eᶻ` near 0 is a difference of numbers near 1: its error is relative to them. */
const relativeToOne = new Set(["logSoftmax"]);

const close = (ours: number, theirs: number, tolerance: number, atLeast: number): boolean =>
  ours === theirs ||
  (Number.isNaN(ours) && Number.isNaN(theirs)) ||
  // Of infinity, any distance is a small fraction.
  (Number.isFinite(theirs) && Math.abs(ours - theirs) <= tolerance * Math.max(atLeast, Math.abs(theirs)));

const isList = (expected: Expected): expected is readonly Encoded[] => Array.isArray(expected[0]);

/** What is wrong with a result, if anything. A zero's sign does not count: NumPy's own depends on the processor. */
function fault(op: string, result: unknown, expected: Expected): string | undefined {
  if (isList(expected)) {
    if (!Array.isArray(result)) return fault(op, result, "a list");
    if (result.length !== expected.length) return `${result.length} tensors`;
    return expected.map((one, i) => fault(op, result[i], one)).find((found) => found !== undefined);
  }
  if (typeof expected === "string" || !(result instanceof Tensor)) {
    const name = result instanceof Error ? result.name : "a result";
    return name === expected ? undefined : `${name}${result instanceof Error ? `: ${result.message}` : ""}`;
  }
  const [code, shape, data] = expected;
  const dtype = dtypes[code];
  if (result.dtype !== dtype) return `dtype ${result.dtype}`;
  if (`${result.shape}` !== `${shape}` || result.rank !== shape.length) return `shape [${result.shape}]`;
  const ours = [...result.dataSync()];
  const theirs = make(expected).dataSync();
  const tolerance = movement.has(op) ? 0 : tolerances[dtype];
  const atLeast = dtype === "float32" && relativeToOne.has(op) ? 1 : 0;
  const fits =
    ours.length === data.length && ours.every((value, i) => close(value, theirs[i] as number, tolerance, atLeast));
  return fits ? undefined : `[${ours}]`;
}

/** A case in words, with the tensors written out. */
const describeCase = (op: string, [args, expected]: Case, wrong: string): string =>
  `${op}(${JSON.stringify(args, (_, value) => (value && typeof value === "object" && "t" in value ? fixture.tensors[value.t] : value))}): NumPy gives ${JSON.stringify(expected)}, dlcc ${wrong}`;

/** All that is wrong with an op's cases. */
const faults = (op: string, cases: readonly Case[], layout: (x: Tensor) => Tensor): string[] =>
  cases.flatMap((one) => {
    const found = fault(op, run(op, one[0], layout), one[1]);
    return found === undefined ? [] : [describeCase(op, one, found)];
  });

describe.each(Object.entries(layouts))("with tensors that lie %s, dlcc gives what NumPy gives", (_, layout) => {
  test.each(Object.entries(fixture.cases))("%s", (op, cases) => {
    expect(faults(op, cases, layout)).toEqual([]);
  });
});

/** The functions that this file or one of its siblings compares. */
const compared = new Set([
  ...Object.keys(fixture.cases),
  ...Object.keys(unary),
  ...Object.keys(pairs),
  ...[...reductions, ...order].map(([name]) => name as string),
]);

const others = {
  wasm: await createWasm({ threads: 1 }),
  gpu: await createGpu({ mode: "webasm", allowSoftware: true }),
};
afterAll(() => others.gpu.dispose());

describe.each(Object.entries(others))("on %s, dlcc gives what NumPy gives", (name, backend) => {
  const there = (x: Tensor): Tensor => tensor(x.dataSync(), { shape: x.shape, dtype: x.dtype, backend });
  test.each(onAll)("%s", async (op) => {
    const cases = (fixture.cases[op] ?? []).filter((one) => {
      const dtypesOf = tensorsOf(one).map(([code]) => code);
      if (dtypesOf.includes("f8")) return false; // Neither has float64.
      if (ofWholeNumbers.has(op)) return dtypesOf.every((code) => code === "i4");
      return true;
    });
    const possible = name === "gpu" ? cases.filter((one) => isForGpu(op, one)) : cases;
    expect(possible.length).toBeGreaterThan(0);
    const wrong: string[] = [];
    for (const one of possible) {
      const result = await onCpu(run(op, one[0], there));
      const found = fault(op, result, one[1]);
      if (found !== undefined) wrong.push(describeCase(op, one, found));
    }
    expect(wrong).toEqual([]);
  });
});

/** A result where it can be read at once. */
const onCpu = async (result: unknown): Promise<unknown> =>
  result instanceof Tensor ? result.to(cpu) : Array.isArray(result) ? Promise.all(result.map(onCpu)) : result;

/** The tensors among a case's arguments. */
const tensorsOf = ([args]: Case): readonly Encoded[] =>
  [...JSON.stringify(args).matchAll(/(?<="t":)\d+/g)].map(([i]) => fixture.tensors[Number(i)] as Encoded);

/** Whether all whole numbers are of those that float32 has: others are refused, see gpu-whole-numbers.test.ts. */
const isSmall = ([code, , data]: Encoded): boolean => code !== "i4" || data.every((x) => Math.abs(Number(x)) < 2 ** 24);

/** What can't be read at once answers indices that are outside with NaN. */
function isForGpu(op: string, one: Case): boolean {
  const [, expected] = one;
  if (expected === "ArgumentError" && takesIndices.has(op)) return false;
  const results = typeof expected === "string" ? [] : isList(expected) ? expected : [expected];
  return [...tensorsOf(one), ...results].every(isSmall);
}

test("every op that @dlcc/tensor exports is compared", () => {
  const exported = Object.entries(dlcc).flatMap(([name, value]) =>
    typeof value === "function" && !/^[A-Z]/.test(name) ? [name] : [],
  );
  expect(exported.filter((name) => !compared.has(name)).sort()).toEqual([...notCompared].sort());
  expect(Object.keys(fixture.cases).filter((name) => !exported.includes(name))).toEqual([]);
});

test("linspace ends at its end to the bit, as NumPy's does", () => {
  for (let count = 2; count < 50; count++) {
    expect(dlcc.linspace(3, 0.1, count, { dtype: "float64" }).dataSync().at(-1)).toBe(0.1);
  }
});

test("the layouts are the same values with other strides", () => {
  const strides = Object.values(layouts).map((layout) => {
    const x = layout(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
    expect([...x.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
    return [...x.strides, x.offset];
  });
  expect(strides).toEqual([
    [3, 1, 0],
    [1, 2, 0],
    [-3, -1, 5],
    [6, 2, 1],
    [5, 1, 6],
  ]);
});

describe("a comparison fails for", () => {
  const expected: Encoded = ["f8", [2], [1, "NaN"]];
  const of = (data: number[], dtype: DType = "float64", shape = [data.length]) => tensor(data, { dtype, shape });

  test("nothing, where the result is right", () => {
    expect(fault("add", of([1 + 1e-13, Number.NaN]), expected)).toBeUndefined();
    expect(fault("add", new ShapeError(""), "ShapeError")).toBeUndefined();
  });
  test.each<[string, unknown]>([
    ["a number past the tolerance", of([1 + 1e-11, Number.NaN])],
    ["a number in NaN's place", of([1, 0])],
    ["NaN in a number's place", of([Number.NaN, Number.NaN])],
    ["another dtype", of([1, Number.NaN], "float32")],
    ["another shape", of([1, Number.NaN], "float64", [1, 2])],
    ["another length", of([1])],
    ["an error", new ShapeError("")],
    ["nothing at all", undefined],
  ])("%s", (_, result) => {
    expect(fault("add", result, expected)).toBeDefined();
  });
  test("a part that is wrong, one that is missing, and no list", () => {
    const parts = [expected, expected];
    const right = of([1, Number.NaN]);
    expect(fault("split", [right, right], parts)).toBeUndefined();
    expect(fault("split", [right, of([2, Number.NaN])], parts)).toBeDefined();
    expect(fault("split", [right], parts)).toBeDefined();
    expect(fault("split", right, parts)).toBeDefined();
    expect(fault("split", new ShapeError(""), parts)).toBeDefined();
  });
  test("a number in infinity's place, and the other infinity", () => {
    const infinite: Encoded = ["f8", [1], ["Infinity"]];
    expect(fault("add", of([1]), infinite)).toBeDefined();
    expect(fault("add", of([Number.NEGATIVE_INFINITY]), infinite)).toBeDefined();
    expect(fault("add", of([Number.POSITIVE_INFINITY]), infinite)).toBeUndefined();
  });
  test("a moved number that is off at all", () => {
    expect(fault("reshape", of([1 + 1e-15, Number.NaN]), expected)).toBeDefined();
  });
  test("a result or another error, where NumPy refuses", () => {
    expect(fault("add", of([1]), "ShapeError")).toBeDefined();
    expect(fault("add", new DTypeError(""), "ShapeError")).toBeDefined();
  });
});

describe("dlcc differs from NumPy on purpose", () => {
  const integers = tensor([1, 2], { dtype: "int32" });
  const floats = tensor([1, 2]);
  const yes = tensor([true, true]);

  /** NumPy's dtype of the same. */
  const numpy = (name: string): AnyCode | undefined => fixture.differences[name]?.[0];

  test.each<[string, string, AnyCode, () => Tensor]>([
    ["dtypes do not promote", "int32 + float32", "f8", () => dlcc.add(integers, floats)],
    ["nor do those of floats", "float32 + float64", "f8", () => dlcc.add(floats, floats.cast("float64"))],
    ["nor those of where", "where(bool, int32, float32)", "f8", () => dlcc.where(yes, integers, floats)],
    ["nor those of concat", "concatenate(int32, float32)", "f8", () => dlcc.concat([integers, floats])],
    ["a fraction does not make int32 a float", "int32 + 0.5", "f8", () => dlcc.add(integers, 0.5)],
    ["int32 is not divided, but by floorDivide", "int32 / int32", "f8", () => dlcc.div(integers, integers)],
    ["functions of reals do not take int32", "exp(int32)", "f8", () => dlcc.exp(integers)],
    ["mean does not take int32", "mean(int32)", "f8", () => dlcc.mean(integers)],
    ["bool is not added", "bool + bool", "b1", () => dlcc.add(yes, yes)],
    ["bool has no argmax", "argmax(bool)", "i8", () => dlcc.argmax(yes)],
  ])("%s: DTypeError for %s", (_, name, theirs, ours) => {
    expect(numpy(name)).toBe(theirs);
    expect(ours).toThrow(DTypeError);
  });

  test("the sum of int32 stays int32, and wraps", async () => {
    const total = dlcc.sum(tensor([2 ** 31 - 1, 1], { dtype: "int32" }));
    expect(fixture.differences["sum(int32)"]).toEqual(["i8", [], [2 ** 31]]);
    expect([total.dtype, await total.item()]).toEqual(["int32", -(2 ** 31)]);
  });

  test("argmax gives int32, where NumPy gives int64", () => {
    expect([numpy("argmax(bool)"), dlcc.argmax(floats).dtype]).toEqual(["i8", "int32"]);
  });

  test("the largest of nothing is a ShapeError that names the op and the axes", () => {
    expect(() => dlcc.max(dlcc.zeros([0, 3]), 0)).toThrow(
      new ShapeError("max: x must have an element along axes [0], got [0,3]"),
    );
  });

  test("of negative lengths, reshape knows −1 alone", () => {
    expect(fixture.differences["reshape(-2)"]).toEqual(["f4", [2], [1, 2]]);
    expect(() => dlcc.reshape(floats, [-2])).toThrow(ShapeError);
  });

  test("a scalar has no axis 0", () => {
    expect(() => dlcc.sum(tensor(1), 0)).toThrow(dlcc.ArgumentError);
  });

  test("a negative power of int32 is cut towards zero, where NumPy refuses", async () => {
    expect(await dlcc.pow(integers, -1).array()).toEqual([1, 0]);
  });

  test("NaN has no int32: cast makes it 0, where NumPy leaves it undefined", async () => {
    expect(await dlcc.cast(tensor([Number.NaN]), "int32").array()).toEqual([0]);
  });
});
