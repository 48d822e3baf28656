/** Random shapes, strides and broadcasts: wasm on one thread and on two against the float64 cpu backend. */
import {
  add,
  apply,
  broadcastTo,
  concat,
  div,
  fold,
  Generator,
  gather,
  greater,
  integer,
  matmul,
  maximum,
  mul,
  ops,
  pad,
  sub,
  type Tensor,
  tensor,
  tidy,
  transpose,
  unfold,
  where,
} from "@dlcc/tensor";
import { createWasm, type WasmBackend } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { anyShape, anyView, both, expectSame, narrower, type Pair } from "./fixtures/any-view.ts";

const backends = await Promise.all([1, 2].map((threads) => createWasm({ threads })));
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

const rounds = 150;

describe.each(backends.map((backend): [number, WasmBackend] => [backend.info.threads, backend]))(
  "on %i threads",
  (threads, wasm) => {
    test("there are as many as were asked for", () => expect(threads).toBe(wasm === backends[0] ? 1 : 2));

    test("elementwise with broadcasting", () => {
      const random = new Generator(1);
      const arithmetic = { add, sub, mul, div, maximum } as const;
      for (let round = 0; round < rounds; round++) {
        tidy(() => {
          const shape = anyShape(random, 9);
          const a = anyView(wasm, random, shape);
          const b = anyView(wasm, random, narrower(random, shape));
          for (const [name, op] of Object.entries(arithmetic)) {
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
              both(a, (x) => apply(ops[op], {}, x)),
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
          const x = anyView(wasm, random, shape);
          const axes = shape.map((_, axis) => axis).filter(() => integer(random, 2) === 0);
          for (const op of ["sum", "max", "min"] as const) {
            expectSame(
              op,
              both(x, (t) => apply(ops[op], { axes }, t)),
              shape.reduce((a, b) => a * b, 1),
            );
          }
          if (shape.length > 0) {
            const axis = integer(random, shape.length);
            expectSame(
              "argmax",
              both(x, (t) => apply(ops.argmax, { axis }, t)),
              0,
            );
            const descending = integer(random, 2) === 1;
            expectSame(
              "argsort",
              both(x, (t) => apply(ops.argsort, { axis, descending }, t)),
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
          const [m, n] = [1 + integer(random, most), 1 + integer(random, most)];
          const k = 1 + integer(random, round % 7 === 0 ? 700 : most);
          const batch = Array.from({ length: integer(random, 3) }, () => 1 + integer(random, 3));
          const a = anyView(wasm, random, [...batch, m, k]);
          const b = anyView(wasm, random, [...batch, k, n]);
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
            expectSame(
              "weight gradient",
              [matmul(transpose(delta[0]), x[0]), matmul(transpose(delta[1]), x[1])],
              batch,
            );
            expectSame("input gradient", [matmul(delta[0], weight[0]), matmul(delta[1], weight[1])], outputs);
            const layer = (i: 0 | 1): Tensor =>
              apply(ops.linear, { activation: "sigmoid" }, x[i], weight[i], bias[i].reshape([outputs]));
            expectSame("linear", [layer(0), layer(1)], inputs);
          });
        }
      }
    });

    test("windows", () => {
      const random = new Generator(5);
      const pair = (most: number): [number, number] => [1 + integer(random, most), 1 + integer(random, most)];
      for (let round = 0; round < rounds; round++) {
        tidy(() => {
          const [kernel, stride, dilation] = [pair(3), pair(3), pair(2)];
          const padding: [number, number] = [integer(random, 3), integer(random, 3)];
          const [height, width] = pair(9).map((length, i) => length + dilation[i]! * (kernel[i]! - 1)) as [
            number,
            number,
          ];
          const x = anyView(wasm, random, [1 + integer(random, 3), 1 + integer(random, 3), height, width]);
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

    test("elementwise on tensors that are large enough to be split", () => {
      const random = new Generator(6);
      for (let round = 0; round < 12; round++) {
        tidy(() => {
          const shape = [180 + integer(random, 60), 190 + integer(random, 60)];
          const a = anyView(wasm, random, shape);
          const b = anyView(wasm, random, round % 2 === 0 ? shape : narrower(random, shape));
          expectSame("mul", [mul(a[0], b[0]), mul(a[1], b[1])], 1);
          const dense = both(a, (x) => add(x, 0));
          for (const op of ["exp", "tanh", "sigmoid"] as const) {
            expectSame(
              op,
              both(dense, (x) => apply(ops[op], {}, x)),
              1,
            );
          }
          expectSame("add", [add(dense[0], dense[0]), add(dense[1], dense[1])], 1);
        });
      }
    });

    test("tensors with many short rows, as windows over images have them", () => {
      const random = new Generator(8);
      for (let round = 0; round < 20; round++) {
        tidy(() => {
          const shape = [
            1 + integer(random, 40),
            2 + integer(random, 2),
            20 + integer(random, 30),
            2 + integer(random, 3),
          ];
          if (integer(random, 2) === 0) shape.unshift(1 + integer(random, 4));
          const a = anyView(wasm, random, shape);
          const ones = shape.map((length) => (integer(random, 2) === 0 ? 1 : length));
          const b = anyView(wasm, random, ones);
          const c = anyView(wasm, random, narrower(random, shape));
          expectSame("add", [add(a[0], b[0]), add(a[1], b[1])], 1);
          expectSame("mul of itself", [mul(a[0], a[0]), mul(a[1], a[1])], 1);
          const pick = (i: 0 | 1): Tensor => where(greater(a[i], b[i]), broadcastTo(c[i], shape), a[i]);
          expectSame("where", [pick(0), pick(1)], 1);
          expectSame(
            "tanh",
            both(a, (x) => apply(ops.tanh, {}, x)),
            1,
          );
          expectSame(
            "copy",
            both(a, (x) => apply(ops.copy, {}, x)),
            0,
          );
          const axes = shape.map((_, axis) => axis).filter(() => integer(random, 2) === 0);
          for (const op of ["sum", "max", "min"] as const) {
            expectSame(
              `${op} over [${axes}] of [${shape}]`,
              both(a, (t) => apply(ops[op], { axes }, t)),
              shape.reduce((x, y) => x * y, 1),
            );
          }
        });
      }
    });

    test("padding, joining, picking and scattering", () => {
      const random = new Generator(7);
      for (let round = 0; round < rounds; round++) {
        tidy(() => {
          const shape = [1 + integer(random, 6), ...anyShape(random, 6)];
          const x = anyView(wasm, random, shape);
          const margins = shape.map((): [number, number] => [integer(random, 3), integer(random, 3)]);
          expectSame(
            "pad",
            both(x, (t) => pad(t, margins, 2)),
            0,
          );
          const axis = integer(random, shape.length);
          const y = anyView(
            wasm,
            random,
            shape.map((length, i) => (i === axis ? 1 + integer(random, 6) : length)),
          );
          expectSame("concat", [concat([x[0], y[0], x[0]], axis), concat([x[1], y[1], x[1]], axis)], 0);

          const length = shape[axis]!;
          const list = Int32Array.from({ length: 1 + integer(random, 9) }, () => integer(random, 2 * length) - length);
          const indices = [tensor(list), tensor(list, { backend: wasm })] as const;
          const picked = [gather(x[0], indices[0], axis), gather(x[1], indices[1], axis)] as const;
          expectSame("gather", picked, 0);
          const scattered = (i: 0 | 1): Tensor => apply(ops.scatterAdd, { axis, size: length }, picked[i], indices[i]);
          expectSame("scatterAdd", [scattered(0), scattered(1)], list.length);
        });
      }
    });
  },
);
