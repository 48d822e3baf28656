import {
  type Backend,
  type BinaryOp,
  composites,
  type FusedOp,
  type Kernel,
  kernelsOf,
  type Methods,
  type Operand,
  type StepOp,
  type TypedArray,
  cpu as unbroken,
  type View,
  type Views,
} from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { conformance } from "../src/index.ts";
import { methodsOf } from "./methods-of.ts";

/** The cpu backend, with its kernels as methods. */
const cpu = { ...unbroken, ...methodsOf(unbroken) };

/** A backend that is `cpu` but for one mistake, and the cases (by the beginning of their names) that must find it. */
interface Mutant {
  readonly mistake: string;
  readonly foundBy: string;
  readonly backend: Partial<Backend & Methods>;
}

const contiguous = (view: View): View => {
  let stride = 1;
  const strides = [...view.shape].reverse().map((length) => {
    const own = stride;
    stride *= length;
    return own;
  });
  return { ...view, strides: strides.reverse() };
};
const atTheBeginning = (view: View): View => ({ ...view, offset: 0 });
const array = (storage: object): TypedArray => storage as TypedArray;
const flip = (window: Parameters<Methods["unfold"]>[1]): typeof window => ({
  ...window,
  stride: [window.stride[1], window.stride[0]],
});
/** One op of a family done as another. */
const binaryAs = (op: BinaryOp, wrong: BinaryOp): Partial<Methods> => ({
  binary: (asked, a, b) => cpu.binary(asked === op ? wrong : asked, a, b),
});
type FusedKernels = { readonly [O in FusedOp]: Kernel<O> };
const fused = (kernels: Partial<FusedKernels>): Partial<Methods> => ({ fused: { ...cpu.fused, ...kernels } });
const cpuFused = cpu.fused as FusedKernels;

/** `cpu` with something changed. */
const changed = (change: Partial<Backend & Methods>): Backend => ({
  ...unbroken,
  ...change,
  name: "broken",
  kernel: kernelsOf({ ...cpu, ...change }),
});

const mutants: readonly Mutant[] = [
  {
    mistake: "neg keeps the sign",
    foundBy: "neg",
    backend: { unary: (op, x) => (op === "neg" ? cpu.copy(x) : cpu.unary(op, x)) },
  },
  {
    mistake: "unary ops ignore strides",
    foundBy: "exp float32",
    backend: { unary: (op, x) => cpu.unary(op, contiguous(x)) },
  },
  {
    mistake: "unary ops ignore the offset",
    foundBy: "tanh float32",
    backend: { unary: (op, x) => cpu.unary(op, atTheBeginning(x)) },
  },
  {
    mistake: "relu turns NaN into 0",
    foundBy: "relu float32, special values",
    backend: {
      unary(op, x) {
        const out = array(cpu.unary(op, x));
        return op === "relu" ? out.map((value) => (value > 0 ? value : 0)) : out;
      },
    },
  },
  {
    mistake: "exp is 1 in 10,000 off",
    foundBy: "exp float32",
    backend: {
      unary(op, x) {
        const out = array(cpu.unary(op, x));
        return op === "exp" ? out.map((value) => value * 1.0001) : out;
      },
    },
  },
  {
    mistake: "neg forgets the sign of zero",
    foundBy: "negative zero",
    backend: {
      unary(op, x) {
        const out = array(cpu.unary(op, x));
        return op === "neg" ? out.map((value) => value + 0) : out;
      },
    },
  },
  { mistake: "sub adds", foundBy: "sub", backend: binaryAs("sub", "add") },
  { mistake: "minimum is maximum for bool", foundBy: "minimum bool", backend: binaryAs("minimum", "maximum") },
  {
    mistake: "less is less or equal",
    foundBy: "less",
    backend: {
      binary: (op, a, b) =>
        op === "less" ? array(cpu.binary("greater", a, b)).map((v) => 1 - v) : cpu.binary(op, a, b),
    },
  },
  { mistake: "sub swaps its operands", foundBy: "sub", backend: { binary: (op, a, b) => cpu.binary(op, b, a) } },
  {
    mistake: "the second operand's strides are ignored",
    foundBy: "add float32",
    backend: { binary: (op, a, b) => cpu.binary(op, a, typeof b === "number" ? b : contiguous(b)) },
  },
  {
    mistake: "int32 products lose their low bits",
    foundBy: "mul int32, large numbers",
    backend: {
      binary(op, a, b) {
        const { dtype } = typeof a === "number" ? (b as View) : a;
        if (op !== "mul" || dtype !== "int32") return cpu.binary(op, a, b);
        const float = (x: Operand): Operand =>
          typeof x === "number" ? x : { ...x, storage: Float32Array.from(array(x.storage)), dtype: "float32" };
        const product = cpu.binary("mul", float(a), float(b));
        return Int32Array.from(array(product));
      },
    },
  },
  {
    mistake: "where swaps its branches",
    foundBy: "where",
    backend: { where: (condition, a, b) => cpu.where(condition, b, a) },
  },
  {
    mistake: "where multiplies by the mask",
    foundBy: "where float32, special values",
    backend: {
      where(condition, a, b) {
        const c = array(cpu.copy(condition));
        const valuesOf = (x: Operand): ArrayLike<number> =>
          typeof x === "number" ? Array.from(c, () => x) : array(cpu.copy(x));
        const [x, y] = [valuesOf(a), valuesOf(b)];
        const { dtype } = typeof a === "number" ? (b as View) : a;
        const types = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };
        return new types[dtype](Array.from(c, (mask, i) => mask * x[i]! + (1 - mask) * y[i]!));
      },
    },
  },
  {
    mistake: "cast to int32 rounds",
    foundBy: "cast float32 to int32",
    backend: {
      cast: (x, dtype) => (dtype === "int32" ? Int32Array.from(array(cpu.copy(x)), Math.round) : cpu.cast(x, dtype)),
    },
  },
  {
    mistake: "cast to bool keeps the number",
    foundBy: "cast int32 to bool",
    backend: { cast: (x, dtype) => (dtype === "bool" ? Uint8Array.from(array(cpu.copy(x))) : cpu.cast(x, dtype)) },
  },
  {
    mistake: "sum drops NaN",
    foundBy: "sum float32, special values",
    backend: {
      reduce: (op, x, axes) =>
        cpu.reduce(
          op,
          op === "sum" ? { ...x, storage: array(x.storage).map((v) => (Number.isNaN(v) ? 0 : v)) } : x,
          axes,
        ),
    },
  },
  {
    mistake: "max drops NaN",
    foundBy: "max float32, special values",
    backend: {
      reduce: (op, x, axes) =>
        cpu.reduce(
          op,
          op === "max" ? { ...x, storage: array(x.storage).map((v) => (Number.isNaN(v) ? -Infinity : v)) } : x,
          axes,
        ),
    },
  },
  {
    mistake: "max starts from 0",
    foundBy: "max float32",
    backend: {
      reduce(op, x, axes) {
        const out = array(cpu.reduce(op, x, axes));
        return op === "max" ? out.map((value) => (value < 0 ? 0 : value)) : out;
      },
    },
  },
  {
    mistake: "reduce takes the first axis alone",
    foundBy: "sum int32",
    backend: { reduce: (op, x, axes) => cpu.reduce(op, x, axes.length > 1 ? [axes[0]!] : axes) },
  },
  {
    mistake: "argmax gives the last of equals",
    foundBy: "argmax float32, the first of equals",
    backend: {
      argmax(x, axis) {
        const flipped = x.strides.map((stride, i) => (i === axis ? -stride : stride));
        const last = x.shape[axis]! - 1;
        const out = cpu.argmax({ ...x, strides: flipped, offset: x.offset + last * x.strides[axis]! }, axis);
        return array(out).map((i) => last - i);
      },
    },
  },
  {
    mistake: "argmax passes over NaN",
    foundBy: "argmax float32, special values",
    backend: {
      argmax: (x, axis) =>
        cpu.argmax({ ...x, storage: array(x.storage).map((v) => (Number.isNaN(v) ? -Infinity : v)) }, axis),
    },
  },
  {
    mistake: "matmul ignores the offset",
    foundBy: "matmul float32, layouts",
    backend: { matmul: (a, b) => cpu.matmul(a, atTheBeginning(b)) },
  },
  {
    mistake: "matmul ignores strides",
    foundBy: "matmul float32, layouts",
    backend: { matmul: (a, b) => cpu.matmul(contiguous(a), b) },
  },
  {
    mistake: "matmul uses the first matrix of a batch",
    foundBy: "matmul float32, batches",
    backend: {
      matmul: (a, b) =>
        cpu.matmul(a, { ...b, strides: b.strides.map((stride, i) => (i < b.shape.length - 2 ? 0 : stride)) }),
    },
  },
  {
    mistake: "matmul skips zeros",
    foundBy: "matmul float32, special values",
    backend: { matmul: (a, b) => array(cpu.matmul(a, b)).map((value) => (Number.isNaN(value) ? 0 : value)) },
  },
  {
    mistake: "copy ignores strides",
    foundBy: "copy",
    backend: { copy: (x) => cpu.copy(contiguous(x)) },
  },
  {
    mistake: "copy returns its input's storage",
    foundBy: "copy gives a fresh storage",
    backend: { copy: (x) => (array(x.storage).length === 12 ? x.storage : cpu.copy(x)) },
  },
  {
    mistake: "read ignores strides",
    foundBy: "read",
    backend: { read: async (view) => array(cpu.copy(contiguous(view))) },
  },
  {
    mistake: "read hands out the storage",
    foundBy: "read float32 gives an array of the caller's own",
    backend: { read: async (view) => (array(view.storage).length === 9 ? array(view.storage) : cpu.read(view)) },
  },
  { mistake: "upload does not copy", foundBy: "upload float32 copies", backend: { upload: (data) => data } },
  {
    mistake: "readSync ignores strides",
    foundBy: "readSync",
    backend: { readSync: (view) => array(cpu.copy(contiguous(view))) },
  },
  {
    mistake: "free clears another storage's memory",
    foundBy: "free",
    backend: ((): Partial<Backend> => {
      let last: TypedArray | undefined;
      return {
        upload: (data) => (last = data.slice()),
        free() {
          last?.fill(0);
        },
      };
    })(),
  },
  {
    mistake: "pad always pads with 0",
    foundBy: "pad float32",
    backend: { pad: (x, padding) => cpu.pad(x, padding, 0) },
  },
  {
    mistake: "pad swaps before and after",
    foundBy: "pad int32",
    backend: {
      pad: (x, padding, value) =>
        cpu.pad(
          x,
          padding.map(([before, after]) => [after, before] as const),
          value,
        ),
    },
  },
  {
    mistake: "concat reverses its inputs",
    foundBy: "concat",
    backend: { concat: (inputs, axis) => cpu.concat([...inputs].reverse(), axis) },
  },
  {
    mistake: "gather is off by one",
    foundBy: "gather",
    backend: {
      gather: (x, indices, axis) =>
        cpu.gather(x, { ...indices, storage: array(indices.storage).map((i) => (i + 1) % x.shape[axis]!) }, axis),
    },
  },
  {
    mistake: "gather ignores the indices' strides",
    foundBy: "gather float32",
    backend: { gather: (x, indices, axis) => cpu.gather(x, contiguous(indices), axis) },
  },
  {
    mistake: "scatterAdd overwrites instead of adding",
    foundBy: "scatterAdd float32",
    backend: {
      scatterAdd(x, indices, axis, size) {
        const [list, values] = [array(cpu.copy(indices)), array(cpu.copy(x))];
        if (x.shape.length !== 1) return cpu.scatterAdd(x, indices, axis, size);
        const out = new Float32Array(size);
        list.forEach((index, i) => {
          out[index] = values[i]!;
        });
        return out;
      },
    },
  },
  {
    mistake: "unfold swaps the strides",
    foundBy: "unfold",
    backend: { unfold: (x, window) => cpu.unfold(x, flip(window)) },
  },
  {
    mistake: "unfold ignores the padding",
    foundBy: "unfold",
    backend: { unfold: (x, window) => cpu.unfold(x, { ...window, padding: [0, 0] }) },
  },
  {
    mistake: "fold overwrites instead of adding",
    foundBy: "fold",
    backend: {
      fold(x, window, size) {
        const once = array(cpu.fold({ ...x, storage: array(x.storage).map(() => 1) }, window, size));
        return array(cpu.fold(x, window, size)).map((value, i) => (once[i]! > 1 ? value / once[i]! : value));
      },
    },
  },
  {
    mistake: "linear forgets the bias",
    foundBy: "linear",
    backend: fused({
      linear: (attributes, inputs, reuse) => cpuFused.linear(attributes, [inputs[0], inputs[1]], reuse),
    }),
  },
  {
    mistake: "linear forgets the activation",
    foundBy: "linear",
    backend: fused({ linear: (_, inputs, reuse) => cpuFused.linear({ activation: undefined }, inputs, reuse) }),
  },
  {
    mistake: "softmaxCrossEntropy overflows",
    foundBy: "softmaxCrossEntropy float32, large logits",
    backend: fused({
      softmaxCrossEntropy(_, [logits, labels]) {
        const [z, y] = [array(cpu.copy(logits!)), array(cpu.copy(labels!))];
        const classes = logits!.shape[1]!;
        return [
          Float32Array.from(y, (label, row) => {
            const scores = Array.from(z.slice(row * classes, (row + 1) * classes));
            return Math.log(scores.reduce((total, score) => total + Math.exp(score), 0)) - scores[label]!;
          }),
        ];
      },
    }),
  },
  {
    mistake: "activationGradient takes every activation for relu",
    foundBy: "activationGradient",
    backend: fused({
      activationGradient: (_, inputs, reuse) => cpuFused.activationGradient({ activation: "relu" }, inputs, reuse),
    }),
  },
  {
    mistake: "activationGradient lets the gradient through where relu is 0",
    foundBy: "activationGradient",
    backend: fused({
      activationGradient: (attributes, inputs, reuse) =>
        attributes.activation === "relu"
          ? [cpu.copy(inputs[0])]
          : cpuFused.activationGradient(attributes, inputs, reuse),
    }),
  },
  {
    mistake: "activationGradient ignores the output's strides",
    foundBy: "activationGradient",
    backend: fused({
      activationGradient: (attributes, [gradient, output], reuse) =>
        cpuFused.activationGradient(attributes, [gradient, contiguous(output)], reuse),
    }),
  },
  {
    mistake: "softmaxCrossEntropyGradient forgets to subtract 1 at the label",
    foundBy: "softmaxCrossEntropyGradient",
    backend: fused({
      softmaxCrossEntropyGradient(attributes, [logits, labels, gradient], reuse) {
        const slope = array(cpuFused.softmaxCrossEntropyGradient(attributes, [logits, labels, gradient], reuse)[0]!);
        const [y, g] = [array(cpu.copy(labels)), array(cpu.copy(gradient))];
        y.forEach((label, row) => {
          slope[row * logits.shape[1]! + label]! += g[row]!;
        });
        return [slope];
      },
    }),
  },
  {
    mistake: "softmaxCrossEntropyGradient gives every row the first row's gradient",
    foundBy: "softmaxCrossEntropyGradient",
    backend: fused({
      softmaxCrossEntropyGradient: (attributes, [logits, labels, gradient], reuse) =>
        cpuFused.softmaxCrossEntropyGradient(attributes, [logits, labels, { ...gradient, strides: [0] }], reuse),
    }),
  },
  ...(["sgdStep", "momentumStep", "adamStep"] as const).flatMap((op): Mutant[] => {
    const method = cpuFused[op] as Kernel<StepOp>;
    return [
      {
        mistake: `${op} overwrites its inputs without leave`,
        foundBy: op,
        backend: fused({
          [op]: (attributes: never, inputs: Views<StepOp>) =>
            method(
              attributes,
              inputs,
              inputs.map(() => true),
            ),
        }),
      },
      {
        mistake: `${op} overwrites the gradient`,
        foundBy: op,
        backend: fused({
          [op](attributes: never, inputs: Views<StepOp>, reuse: readonly boolean[]) {
            const results = method(attributes, inputs, reuse);
            array(inputs[inputs.length - 1]!.storage).fill(0);
            return results;
          },
        }),
      },
      {
        mistake: `${op} forgets the weight decay`,
        foundBy: op,
        backend: fused({
          [op]: (attributes: object, inputs: Views<StepOp>, reuse: readonly boolean[]) =>
            method({ ...attributes, weightDecay: 0 } as never, inputs, reuse),
        }),
      },
    ];
  }),
  {
    mistake: "adamStep forgets that the moments start at 0",
    foundBy: "adamStep",
    backend: fused({
      adamStep: (attributes, inputs, reuse) => cpuFused.adamStep({ ...attributes, step: 1e6 }, inputs, reuse),
    }),
  },
  {
    mistake: "momentumStep ignores nesterov",
    foundBy: "momentumStep",
    backend: fused({
      momentumStep: (attributes, inputs, reuse) =>
        cpuFused.momentumStep({ ...attributes, nesterov: false }, inputs, reuse),
    }),
  },
];

describe("the harness without a mutant passes", () => {
  // A case that fails here would find every mutant.
  for (const { name, run } of conformance(changed({}))) test(name, run);
});

test("every fused op has a mutant", () => {
  const ops = new Set(mutants.map(({ foundBy }) => foundBy.split(" ")[0]));
  expect(Object.keys(composites).filter((op) => !ops.has(op))).toEqual([]);
});

test.each(mutants)("the suite finds that $mistake", async ({ backend, foundBy }) => {
  const broken = changed(backend);
  let found = 0;
  for (const { name, run } of conformance(broken)) {
    if (!name.startsWith(foundBy)) continue;
    found += await run().then(
      () => 0,
      () => 1,
    );
  }
  expect(found).toBeGreaterThan(0);
});

test("a failure names the op, the case, the backend, the expected and the actual number and the error", async () => {
  const broken = changed(mutants[0]!.backend);
  const [negation] = conformance(broken).filter(({ name }) => name === "neg float32, special values");
  await expect(negation!.run()).rejects.toThrow(
    /neg float32, special values on broken: 10 of 13 elements .* expected .*, got .*error.*allowed/,
  );
});

test("a skipped case stays in the list with its reason", () => {
  const cases = conformance(unbroken, { skip: { "pow float32": "no power here" } });
  expect(cases.find(({ name }) => name === "pow float32")?.skipped).toBe("no power here");
  expect(cases.filter(({ skipped }) => skipped !== undefined)).toHaveLength(1);
});

test("a case that is not there can't be skipped", () => {
  expect(() => conformance(unbroken, { skip: { "pow float99": "typo" } })).toThrow(
    /each name in skip must be that of a case, got "pow float99"/,
  );
});

test("no two cases have one name", () => {
  const names = conformance(unbroken).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("a larger tolerance lets a less exact backend pass", async () => {
  const rough = changed({ unary: (op, x) => array(cpu.unary(op, x)).map((value) => value * 1.00001) });
  const exp = (tolerance: number) =>
    conformance(rough, { tolerance: { float32: tolerance } }).find(({ name }) => name === "exp float32")!;
  await expect(exp(1e-6).run()).rejects.toThrow();
  await exp(1e-4).run();
});
