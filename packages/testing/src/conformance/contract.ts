/** The rest of the contract: who owns arrays that are read or uploaded, and what `free` and `flush` promise. */
import {
  add,
  apply,
  type DType,
  isFloat,
  type Op,
  ops,
  slice,
  type Tensor,
  type TypedArray,
  tensor,
  tidy,
  viewOf,
} from "@dlcc/tensor";
import { entry, type NdArray } from "../reference.ts";
import { type Case, compare, demand, layouts, type Subject, sample, upload } from "./harness.ts";

const domain = { from: -9, to: 9 };

/** Makes tensors, passes them to `use`, and disposes of them in any case. */
async function withTensors<T extends [Tensor, ...Tensor[]]>(
  make: () => T,
  use: (...tensors: T) => Promise<void>,
): Promise<void> {
  const tensors = tidy(make);
  try {
    await use(...tensors);
  } finally {
    for (const t of tensors) t.dispose();
  }
}

const declared = (subject: Subject): Case => ({
  name: "dtypes: float32, int32 and bool are there",
  async run() {
    const { name, dtypes } = subject.backend;
    for (const dtype of ["float32", "int32", "bool"] as const) {
      demand(dtypes.includes(dtype), `${name}: dtypes must include ${dtype}, got ${dtypes.join(", ")}`);
    }
  },
});

/** Numbers at the ends of a dtype's range: they are read back bit by bit. */
const extremes: Readonly<Record<DType, readonly number[]>> = {
  float32: [NaN, Infinity, -Infinity, 0, -0, 16777217, 3.4028234663852886e38, -1.1754943508222875e-38, 0.1],
  float64: [NaN, Infinity, -Infinity, 0, -0, 2 ** 53 - 1, 1.7976931348623157e308, -2.2250738585072014e-308, 0.1],
  int32: [0, 1, -1, 16777217, 2 ** 31 - 1, -(2 ** 31)],
  bool: [0, 1, 1, 0],
};

const roundTrip = (subject: Subject, dtype: DType): Case => ({
  name: `upload and read ${dtype}`,
  async run() {
    const data = extremes[dtype].map((value) => (dtype === "float32" ? Math.fround(value) : value));
    const make = (): [Tensor, Tensor] => {
      const x = upload({ shape: [data.length], data }, dtype, subject);
      return [x, apply(ops.copy, {}, x)];
    };
    await withTensors(make, async (...tensors) => {
      for (const [i, t] of tensors.entries()) {
        const got = await t.data();
        const what = i === 0 ? `read ${dtype}` : `copy ${dtype}`;
        compare(subject, what, { dtype, shape: [data.length], data }, got);
        data.forEach((value, place) => {
          demand(
            Object.is(got[place], value),
            `${what} on ${subject.backend.name}: expected ${value < 0 ? value : Object.is(value, -0) ? "-0" : value} at [${place}], got ${got[place]}`,
          );
        });
      }
    });
  },
});

const uploadCopies = (subject: Subject, dtype: DType): Case => ({
  name: `upload ${dtype} copies`,
  async run() {
    const x = sample([9], dtype, domain);
    const type = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array }[dtype];
    const host = type.from(x.data);
    await withTensors(
      () => [tensor(host, { dtype, backend: subject.backend })],
      async (t) => {
        host.fill(1);
        compare(subject, `upload ${dtype}, and a change of the host's array at once`, { dtype, ...x }, await t.data());
        host.fill(0);
        compare(subject, `upload ${dtype}, and a change of the host's array later`, { dtype, ...x }, await t.data());
      },
    );
  },
});

const readIsFresh = (subject: Subject, dtype: DType): Case => ({
  name: `read ${dtype} gives an array of the caller's own`,
  async run() {
    const x = sample([9], dtype, domain);
    for (const layout of layouts) {
      const fitting = layout.fit(x);
      await withTensors(
        () => [layout.place(fitting, dtype, subject)],
        async (t) => {
          const first = await t.data();
          first.fill(1);
          const second = await t.data();
          second.fill(0);
          const what = `read ${dtype}, ${layout.name}, after changes of what was read before`;
          compare(subject, what, { dtype, ...fitting }, await t.data());
          demand(first[0] === 1, `${what} on ${subject.backend.name}: a later read changed an earlier one's array`);
        },
      );
    }
  },
});

/** `readSync`, where a backend has it, gives the same. */
const readSyncAgrees = (subject: Subject): Case => ({
  name: "readSync agrees with read",
  async run() {
    const { backend } = subject;
    const x = sample([2, 3], "float32", domain);
    for (const layout of layouts) {
      const fitting = layout.fit(x);
      await withTensors(
        () => [layout.place(fitting, "float32", subject)],
        async (t) => {
          const expected = { dtype: "float32" as const, ...fitting };
          const first = backend.readSync?.(viewOf(t));
          demand(first !== undefined, `${backend.name}: readSync gave nothing`);
          compare(subject, `readSync, ${layout.name}`, expected, first);
          first.fill(1);
          compare(subject, `readSync, ${layout.name}, after a change of what was read`, expected, await t.data());
        },
      );
    }
  },
});

const window = { kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } as const;
/** `x` [3, 4], `i` int32 [2], `c` bool [3, 4], `image` [1, 2, 3, 4], `patches` [1, 8, 6]. */
type Inputs = readonly [x: Tensor, i: Tensor, c: Tensor, image: Tensor, patches: Tensor];

/** For each method of a backend, an op that it runs. */
// biome-ignore format: a table
const cases: { readonly [O in Op]?: (...inputs: Inputs) => Tensor } = {
  neg: (x) => apply(ops.neg, {}, x),
  mul: (x) => apply(ops.mul, {}, x, x),
  less: (x) => apply(ops.less, {}, x, x),
  where: (x, _, c) => apply(ops.where, {}, c, x, x),
  cast: (x) => apply(ops.cast, { dtype: "int32" }, x),
  sum: (x) => apply(ops.sum, { axes: [0] }, x),
  argmax: (x) => apply(ops.argmax, { axis: 1 }, x),
  argsort: (x) => apply(ops.argsort, { axis: 1, descending: false }, x),
  matmul: (x) => apply(ops.matmul, {}, x, x.transpose()),
  copy: (x) => apply(ops.copy, {}, x),
  pad: (x) => apply(ops.pad, { padding: [[0, 0], [0, 0]], value: 1 }, x),
  concat: (x) => apply(ops.concat, { axis: 0 }, x),
  gather: (x, i) => apply(ops.gather, { axis: 0 }, x, i),
  scatterAdd: (x, i) => apply(ops.scatterAdd, { axis: 0, size: 2 }, slice(x, [0, 2]), i),
  unfold: (_x, _i, _c, image) => apply(ops.unfold, { window }, image),
  fold: (_x, _i, _c, _image, patches) => apply(ops.fold, { window, size: [3, 4] }, patches),
};

const inputsStay = (subject: Subject, op: string, run: (...inputs: Inputs) => Tensor): Case => ({
  name: `${op} gives a fresh storage and leaves its inputs`,
  async run() {
    const arrays: readonly (NdArray & { readonly dtype: DType })[] = [
      { dtype: "float32", ...sample([3, 4], "float32", domain, 1) },
      { dtype: "int32", ...sample([2], "int32", { from: 0, to: 1 }, 2) },
      { dtype: "bool", ...sample([3, 4], "bool", domain, 3) },
      { dtype: "float32", ...sample([1, 2, 3, 4], "float32", domain, 4) },
      { dtype: "float32", ...sample([1, 8, 6], "float32", domain, 5) },
    ];
    await withTensors(
      () => {
        const inputs = arrays.map((array) => upload(array, array.dtype, subject)) as unknown as Inputs;
        return [run(...inputs), ...inputs];
      },
      async (result, ...inputs) => {
        const title = `${op} on ${subject.backend.name}`;
        demand(
          inputs.every((input) => viewOf(input).storage !== viewOf(result).storage),
          `${title}: the result is an input's storage`,
        );
        for (const [i, input] of inputs.entries()) {
          const array = entry(arrays, i);
          compare(subject, `${op}, input ${i} afterwards`, array, await input.data());
        }
        // Not even a change of the result may reach them, as when both are windows on one buffer.
        const before = await result.data();
        for (const input of inputs) input.dispose();
        const after = await result.data();
        demand(
          before.every((value, i) => Object.is(value, after[i])),
          `${title}: the result changed when the inputs were freed`,
        );
      },
    );
  },
});

const freeWaits = (subject: Subject): Case => ({
  name: "free comes after what was asked for before",
  async run() {
    const x = sample([64], "float32", domain);
    const sum = tidy(() => {
      const t = upload(x, "float32", subject);
      return add(t, t); // `t` is freed here, perhaps before the sum has been computed.
    });
    const reading: Promise<TypedArray> = sum.data();
    sum.dispose();
    const expected = { shape: x.shape, data: x.data.map((value) => value + value) };
    compare(subject, "read, and free before it ended", { dtype: "float32", ...expected }, await reading);
  },
});

const freeIsApart = (subject: Subject): Case => ({
  name: "free leaves all other storages",
  async run() {
    const arrays = Array.from({ length: 20 }, (_, i) => sample([33], "float32", domain, i));
    const tensors = arrays.map((x) => upload(x, "float32", subject));
    const kept = (i: number): boolean => i % 3 === 1;
    tensors.forEach((t, i) => {
      if (!kept(i)) t.dispose();
    });
    // What comes now may take the memory that was given back.
    const later = arrays.map((x) => upload(x, "float32", subject));
    try {
      for (const [i, x] of arrays.entries()) {
        const what = `tensor ${i} of 20, of which two thirds were freed`;
        if (kept(i)) compare(subject, what, { dtype: "float32", ...x }, await entry(tensors, i).data());
        compare(subject, `${what} and made anew`, { dtype: "float32", ...x }, await entry(later, i).data());
      }
    } finally {
      for (const t of [...tensors, ...later]) t.dispose();
    }
  },
});

const order = (subject: Subject): Case => ({
  name: "jobs run in the order in which they were asked for",
  async run() {
    // Each step needs the one before; each old value is freed while the next one is still being computed.
    const steps = 200;
    let t = tensor([0, 1], { backend: subject.backend });
    for (let i = 0; i < steps; i++) {
      const next = tidy(() => add(t, 1));
      t.dispose();
      t = next;
    }
    await withTensors(
      () => [t],
      async (last) => {
        const expected = { dtype: "float32" as const, shape: [2], data: [steps, steps + 1] };
        compare(subject, `${steps} additions`, expected, await last.data());
      },
    );
  },
});

const flushed = (subject: Subject): Case => ({
  name: "flush resolves when there is nothing to do and when there is",
  async run() {
    await subject.backend.flush();
    await withTensors(
      () => [add(tensor([1, 2], { backend: subject.backend }), 1)],
      async (t) => {
        await subject.backend.flush();
        compare(subject, "read after flush", { dtype: "float32", shape: [2], data: [2, 3] }, await t.data());
      },
    );
  },
});

const manyReads = (subject: Subject): Case => ({
  name: "several reads at once",
  async run() {
    const arrays = Array.from({ length: 8 }, (_, i) => sample([5], "float32", domain, i));
    const tensors = arrays.map((x) => upload(x, "float32", subject));
    try {
      const read = await Promise.all([...tensors, ...tensors].map((t) => t.data()));
      for (const [i, x] of [...arrays, ...arrays].entries()) {
        compare(subject, `read ${i} of 16 at once`, { dtype: "float32", ...x }, entry(read, i));
      }
    } finally {
      for (const t of tensors) t.dispose();
    }
  },
});

/** Both zeros are equal, but not their reciprocals. */
const negativeZero = (subject: Subject, dtype: DType): Case => ({
  name: `negative zero ${dtype}`,
  async run() {
    await withTensors(
      () => {
        const x = upload({ shape: [2], data: [0, -0] }, dtype, subject);
        return [ops.neg, ops.abs, ops.sign, ops.relu, ops.sqrt, ops.copy].map((op) => apply(op, {}, x)) as [Tensor];
      },
      async (...results) => {
        const expected = { neg: [-0, 0], abs: [0, 0], sign: [0, 0], relu: [0, 0], sqrt: [0, -0], copy: [0, -0] };
        for (const [i, [op, wanted]] of Object.entries(expected).entries()) {
          const got = await entry(results, i).data();
          wanted.forEach((zero, place) => {
            const text = Object.is(zero, -0) ? "-0" : "0";
            demand(
              Object.is(got[place], zero),
              `${op} ${dtype} on ${subject.backend.name}: expected ${text} at [${place}]`,
            );
          });
        }
      },
    );
  },
});

/** All that is not about an op's numbers. */
export function contract(subject: Subject): Case[] {
  const { backend } = subject;
  return [
    declared(subject),
    ...backend.dtypes.flatMap((dtype) => [
      roundTrip(subject, dtype),
      uploadCopies(subject, dtype),
      readIsFresh(subject, dtype),
    ]),
    ...(backend.readSync ? [readSyncAgrees(subject)] : []),
    ...Object.entries(cases).map(([op, run]) => inputsStay(subject, op, run)),
    freeWaits(subject),
    freeIsApart(subject),
    order(subject),
    flushed(subject),
    manyReads(subject),
    ...backend.dtypes.filter(isFloat).map((dtype) => negativeZero(subject, dtype)),
  ];
}
