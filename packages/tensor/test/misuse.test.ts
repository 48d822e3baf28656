/** What people get wrong, and what they are told. */
import { describe, expect, test } from "vitest";
import {
  add,
  arange,
  BackendError,
  cpu,
  DisposedError,
  DTypeError,
  full,
  logSoftmax,
  Parameter,
  ShapeError,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../src/index.ts";

describe("a disposed tensor", () => {
  const gone = (): Tensor => {
    const x = tensor([1, 2]);
    x.dispose();
    return x;
  };

  test("is refused by ops, with the op's name, its shape and the way out", () => {
    expect(() => gone().exp()).toThrow(DisposedError);
    expect(() => gone().exp()).toThrow(/^exp: this tensor, float32 \[2\], was disposed of: .*keep\(\)/);
  });

  test("is refused as a second operand, and by views", () => {
    expect(() => add(tensor([1, 2]), gone())).toThrow(DisposedError);
    expect(() => gone().reshape([2, 1])).toThrow(DisposedError);
    expect(() => slice(gone(), 0)).toThrow(DisposedError);
  });

  test("can't be read", async () => {
    await expect(gone().data()).rejects.toThrow(DisposedError);
    await expect(gone().data()).rejects.toThrow(/^reading: this tensor/);
    await expect(gone().array()).rejects.toThrow(DisposedError);
    expect(() => gone().dataSync()).toThrow(DisposedError);
  });

  test("can be disposed of again, and printed", () => {
    const x = gone();
    x.dispose();
    expect(x.disposed).toBe(true);
    expect(String(x)).toBe("Tensor float32 [2] on cpu (disposed)");
  });
});

test("a parameter keeps its shape", () => {
  const weight = new Parameter("weight", zeros([2, 2]));
  expect(() => {
    weight.value = zeros([5, 5]);
  }).toThrow(new ShapeError("parameter weight: the shape must stay [2,2], got [5,5]"));
});

test("a parameter keeps its dtype, and its value if another is refused", async () => {
  const weight = new Parameter("weight", zeros([2]));
  expect(() => {
    weight.value = zeros([2], { dtype: "float64" });
  }).toThrow(
    new DTypeError(
      "parameter weight: the dtype must stay float32, got float64: cast it, or move the model with model.to",
    ),
  );
  expect(await weight.value.array()).toEqual([0, 0]);
});

/** What no TypeScript lets through. */
const wrong = <T>(value: unknown): T => value as T;

describe("from JavaScript, where nothing is checked before", () => {
  test("a shape that is no array", () => {
    expect(() => zeros(2 as never)).toThrow(/the shape must be an array/);
    expect(() => zeros([4]).reshape(2 as never)).toThrow(/the shape must be an array/);
  });

  test("a backend by its name", () => {
    expect(() => tensor([1], { backend: "cpu" as never })).toThrow(
      /the backend must be an object, such as cpu, got "cpu"/,
    );
  });
});

describe("numbers and shapes", () => {
  test("booleans among numbers are numbers", async () => {
    expect(await tensor([true, 2]).array()).toEqual([1, 2]);
    expect(tensor([true, false]).dtype).toBe("bool");
    expect(tensor([]).dtype).toBe("float32");
  });

  test.each([new BigInt64Array(2), new BigUint64Array(2), new DataView(new ArrayBuffer(4))])(
    "%o is no data",
    (data) => {
      expect(() => tensor(wrong(data))).toThrow(`typed array, got ${data.constructor.name}`);
    },
  );

  test.each([
    () => tensor([1], wrong("int32")),
    () => tensor([1], wrong(cpu)),
    () => zeros([1], wrong("int32")),
    () => full([1], 0, wrong(null)),
    () => arange(0, wrong(10)),
  ])("a dtype, a backend or a number in place of the options: %o", (call) => {
    expect(call).toThrow(
      /^(tensor|zeros|full|arange): the options must be an object, as in \{ dtype: "int32", backend \}$/,
    );
  });

  test("more than memory holds", () => {
    expect(() => zeros([1e6, 1e6])).toThrow(BackendError);
    expect(() => zeros([1e6, 1e6])).toThrow(
      /out of memory: could not allocate 1000000000000 elements of float32: .*tidy/,
    );
  });

  test("axes that are not there", () => {
    const x = zeros([1, 2]);
    expect(() => sum(x, wrong("0"))).toThrow(/^sum: the axis must be from .*got 0$/);
    expect(() => sum(x, wrong(null))).toThrow(/^sum: the axis must be from .*got null/);
    expect(() => softmax(x, 9)).toThrow(/^softmax: the axis must be from .*got 9/);
    expect(() => logSoftmax(x, 9)).toThrow(/^logSoftmax: the axis must be from .*got 9/);
  });
});
