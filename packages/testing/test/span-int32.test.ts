/** `int32` holds whole numbers of 32 bits: what it lacks is refused as a literal, and has one value as a cast. */
import {
  add,
  arange,
  type Backend,
  broadcastTo,
  cast,
  clip,
  cpu,
  DTypeError,
  equal,
  full,
  greater,
  less,
  linspace,
  maximum,
  minimum,
  mul,
  pad,
  pow,
  randn,
  sub,
  sum,
  type Tensor,
  tensor,
  uniform,
  where,
} from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";

const wasm = await createWasm({ threads: 2 });
afterAll(() => wasm.dispose());
const backends = [
  ["cpu", cpu],
  ["wasm", wasm],
] as const;
const [least, most] = [-(2 ** 31), 2 ** 31 - 1];
const lacking = [0.5, 3e9, 2 ** 31, least - 1, Number.NaN, Number.POSITIVE_INFINITY, 1e20];

describe.each(backends)("a number that int32 lacks is refused on %s", (_, backend) => {
  const x = tensor([5], { dtype: "int32", backend });
  const dtype = "int32" as const;

  test.each(lacking)("next to a tensor: %d", (value) => {
    const calls: Readonly<Record<string, () => Tensor>> = {
      add: () => add(x, value),
      sub: () => sub(value, x),
      mul: () => mul(x, value),
      pow: () => pow(x, value),
      equal: () => equal(x, value),
      less: () => less(x, value),
      greater: () => greater(value, x),
      maximum: () => maximum(x, value),
      minimum: () => minimum(x, value),
      where: () => where(x.equal(5), x, value),
      pad: () => pad(x, [[1, 1]], value),
      clip: () => clip(x, 0, value),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect(call).toThrow(DTypeError);
      expect(call, name).toThrow(`a number next to a tensor of int32 must be one of int32, got ${value}`);
    }
  });

  test.each(lacking)("in a new tensor: %d", (value) => {
    const calls: Readonly<Record<string, () => Tensor>> = {
      tensor: () => tensor([1, value], { dtype, backend }),
      full: () => full([2], value, { dtype, backend }),
    };
    const typed = (): Tensor => tensor(Float64Array.of(value), { dtype, backend });
    for (const [name, call] of [...Object.entries(calls), ["tensor", typed] as const]) {
      expect(call).toThrow(DTypeError);
      expect(call).toThrow(
        `${name}: numbers of int32 must be whole and from -2147483648 to 2147483647, got ${value}: `,
      );
    }
  });

  test("in a series or a sample", () => {
    const options = { dtype, backend };
    expect(() => arange(most, { end: most + 3, ...options })).toThrow(/^arange: numbers of int32 .* got 2147483648:/);
    expect(() => arange(0, { end: 1, step: 0.25, ...options })).toThrow(/^arange: .* got 0.25:/);
    expect(() => linspace(0, 1, 3, options)).toThrow(/^linspace: .* got 0.5:/);
    expect(() => uniform([3], { seed: 1, ...options })).toThrow(/^uniform: numbers of int32 must be whole/);
    expect(() => randn([3], { seed: 1, ...options })).toThrow(/^randn: numbers of int32 must be whole/);
  });

  test("but not the ends of its range, nor −0 and booleans", async () => {
    const options = { dtype, backend };
    expect(await tensor([least, most, -0, true], options).array()).toEqual([least, most, 0, 1]);
    expect(await full([1], least, options).array()).toEqual([least]);
    expect(await linspace(0, 4, 3, options).array()).toEqual([0, 2, 4]);
    expect(await maximum(x, most).array()).toEqual([most]);
    expect(await less(x, least).array()).toEqual([0]);
  });
});

describe.each(backends)(
  "a float as int32 is cut towards zero, at most to the ends of the range, on %s",
  (_, backend) => {
    test("and NaN is 0", async () => {
      const floats = tensor([1.9, -1.9, Number.NaN, Infinity, -Infinity, 2 ** 31, 3e9, -3e9, 1e20, -1e20], { backend });
      expect(await cast(floats, "int32").array()).toEqual([1, -1, 0, most, least, most, most, least, most, least]);
    });
  },
);

test("float64 is cut to the same ends", async () => {
  const doubles = tensor([most + 0.9, most + 1, least - 0.9, least - 1e9, Number.NaN], { dtype: "float64" });
  expect(await doubles.cast("int32").array()).toEqual([most, most, least, least, 0]);
});

describe.each(backends)("a sum of int32 is exact modulo 2³² on %s", (_, backend) => {
  const wrapped = (count: number, value: number): number => Number(BigInt.asIntN(32, BigInt(count) * BigInt(value)));
  /** From 2²² on, their sum needs more than the 53 bits of a double. */
  const count = 5_000_001;
  const many = (values: readonly number[], backend: Backend): Tensor =>
    broadcastTo(tensor([values], { dtype: "int32", backend }), [count, values.length]);

  test("of all, past 2⁵³", async () => {
    expect(await sum(many([most], backend)).item()).toBe(wrapped(count, most));
    expect(await sum(many([least + 1], backend)).item()).toBe(wrapped(count, least + 1));
  });

  test("over the first axis, past 2⁵³", async () => {
    expect(await sum(many([most, most - 2], backend), 0).array()).toEqual([
      wrapped(count, most),
      wrapped(count, most - 2),
    ]);
  });
});
