/** Random shapes, strides and broadcasts: wasm against the float64 cpu backend. */
import {
  add,
  apply,
  broadcastTo,
  div,
  fold,
  Generator,
  greater,
  matmul,
  maximum,
  mul,
  permute,
  slice,
  sub,
  type Tensor,
  tensor,
  tidy,
  transpose,
  unfold,
  where,
} from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, expect, test } from "vitest";

const wasm = await createWasm({ threads: 2 });
afterAll(() => wasm.dispose());

const rounds = 150;

/** The same numbers on both: a random view of random data. */
type Pair = readonly [exact: Tensor, wasm: Tensor];

const both = ([exact, other]: Pair, fn: (x: Tensor) => Tensor): Pair => [fn(exact), fn(other)];

/** A tensor of this shape with strides as random as views can make them. */
function anyView(random: Generator, shape: readonly number[]): Pair {
  const order = shape.map((_, axis) => axis);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const margins = order.map(() => random.integer(3));
  const steps = order.map(() => [1, 1, 1, 2, -1][random.integer(5)]!);
  const whole = order.map((axis, i) => shape[axis]! * Math.abs(steps[i]!) + 2 * margins[i]!);
  const size = whole.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
  const pair = [
    tensor(data, { shape: whole, dtype: "float64" }),
    tensor(data, { shape: whole, backend: wasm }),
  ] as const;
  const ranges = order.map((axis, i) => {
    const span = shape[axis]! * Math.abs(steps[i]!);
    const [from, step] = [margins[i]!, steps[i]!];
    return step > 0
      ? ([from, from + span, step] as const)
      : ([from + span - 1, from - 1 < 0 ? undefined : from - 1, step] as const);
  });
  const back = shape.map((_, axis) => order.indexOf(axis));
  return both(pair, (x) => permute(slice(x, ...ranges), back));
}

/** A shape that broadcasts to this one: some axes of length 1, some leading ones missing. */
function narrower(random: Generator, shape: readonly number[]): number[] {
  const ones = shape.map((length) => (random.integer(3) === 0 ? 1 : length));
  return ones.slice(random.integer(3) === 0 ? random.integer(shape.length + 1) : 0);
}

const anyShape = (random: Generator, most: number): number[] =>
  Array.from({ length: random.integer(5) }, () => 1 + random.integer(most));

function expectSame(what: string, [exact, other]: Pair, scale: number): void {
  expect(other.shape).toEqual(exact.shape);
  const [wanted, got] = [exact.dataSync(), other.dataSync()];
  for (let i = 0; i < wanted.length; i++) {
    const error = Math.abs(wanted[i]! - got[i]!);
    if (!(error <= 1e-6 * Math.max(scale, Math.abs(wanted[i]!)))) {
      throw new Error(`${what}: element ${i} of [${exact.shape}] is ${got[i]}, not ${wanted[i]}`);
    }
  }
}

test("elementwise with broadcasting", () => {
  const random = new Generator(1);
  const ops = { add, sub, mul, div, maximum } as const;
  for (let round = 0; round < rounds; round++) {
    tidy(() => {
      const shape = anyShape(random, 9);
      const a = anyView(random, shape);
      const b = anyView(random, narrower(random, shape));
      for (const [name, op] of Object.entries(ops)) {
        if (name === "div") continue;
        expectSame(name, [op(a[0], b[0]), op(a[1], b[1])], 1);
      }
      const divisor = both(b, (x) => add(mul(x, x), 0.5));
      expectSame("div", [div(a[0], divisor[0]), div(a[1], divisor[1])], 1);
      const pick = (x: Tensor, y: Tensor): Tensor => where(greater(x, y), x, broadcastTo(y, x.shape));
      expectSame("where", [pick(a[0], b[0]), pick(a[1], b[1])], 1);
      for (const op of ["exp", "tanh", "sigmoid", "relu", "sign"] as const) {
        expectSame(
          op,
          both(a, (x) => apply(op, {}, x)),
          1,
        );
      }
    });
  }
});

test("reductions over any axes", () => {
  const random = new Generator(2);
  for (let round = 0; round < rounds; round++) {
    tidy(() => {
      const shape = anyShape(random, 12);
      const x = anyView(random, shape);
      const axes = shape.map((_, axis) => axis).filter(() => random.integer(2) === 0);
      for (const op of ["sum", "max", "min"] as const) {
        expectSame(
          op,
          both(x, (t) => apply(op, { axes }, t)),
          shape.reduce((a, b) => a * b, 1),
        );
      }
      if (shape.length > 0) {
        const axis = random.integer(shape.length);
        expectSame(
          "argmax",
          both(x, (t) => apply("argmax", { axis }, t)),
          0,
        );
      }
    });
  }
});

test("matrix products of all shapes and strides", () => {
  const random = new Generator(3);
  for (let round = 0; round < 2 * rounds; round++) {
    tidy(() => {
      const most = round % 20 === 0 ? 300 : 40;
      const [m, n] = [1 + random.integer(most), 1 + random.integer(most)];
      const k = 1 + random.integer(round % 7 === 0 ? 700 : most);
      const batch = Array.from({ length: random.integer(3) }, () => 1 + random.integer(3));
      const a = anyView(random, [...batch, m, k]);
      const b = anyView(random, [...batch, k, n]);
      expectSame(`matmul ${m}×${k}×${n}`, [matmul(a[0], b[0]), matmul(a[1], b[1])], k);
    });
  }
});

test("matrix products with dense operands, as layers have them", () => {
  const random = new Generator(4);
  for (const batch of [1, 3, 10, 64, 129, 200]) {
    for (const [inputs, outputs] of [
      [784, 128],
      [128, 10],
      [13, 7],
    ] as const) {
      tidy(() => {
        const dense = (shape: readonly number[]): Pair => {
          const data = Float32Array.from({ length: shape[0]! * shape[1]! }, () => 2 * random.uniform() - 1);
          return [tensor(data, { shape, dtype: "float64" }), tensor(data, { shape, backend: wasm })];
        };
        const [x, weight, delta] = [dense([batch, inputs]), dense([outputs, inputs]), dense([batch, outputs])];
        const bias = dense([outputs, 1]);
        const product = (i: 0 | 1): Tensor => matmul(x[i], transpose(weight[i]));
        expectSame("forward", [product(0), product(1)], inputs);
        expectSame("weight gradient", [matmul(transpose(delta[0]), x[0]), matmul(transpose(delta[1]), x[1])], batch);
        expectSame("input gradient", [matmul(delta[0], weight[0]), matmul(delta[1], weight[1])], outputs);
        const layer = (i: 0 | 1): Tensor =>
          apply("linear", { activation: "sigmoid" }, x[i], weight[i], bias[i].reshape([outputs]));
        expectSame("linear", [layer(0), layer(1)], inputs);
      });
    }
  }
});

test("windows", () => {
  const random = new Generator(5);
  const pair = (most: number): [number, number] => [1 + random.integer(most), 1 + random.integer(most)];
  for (let round = 0; round < rounds; round++) {
    tidy(() => {
      const [kernel, stride, dilation] = [pair(3), pair(3), pair(2)];
      const padding: [number, number] = [random.integer(3), random.integer(3)];
      const [height, width] = pair(9).map((length, i) => length + dilation[i]! * (kernel[i]! - 1)) as [number, number];
      const x = anyView(random, [1 + random.integer(3), 1 + random.integer(3), height, width]);
      const patches = both(x, (t) => unfold(t, kernel, { stride, padding, dilation }));
      expectSame("unfold", patches, 0);
      expectSame(
        "fold",
        both(patches, (t) => fold(t, [height, width], kernel, { stride, padding, dilation })),
        9,
      );
    });
  }
});
