/** What people get wrong, and what they are told. */
import { describe, expect, test } from "vitest";
import { Parameter, ShapeError, sum, tensor, tidy, zeros } from "../src/index.ts";

describe("a disposed tensor", () => {
  const disposed = tidy(() => {
    const x = tensor([1, 2]);
    x.dispose();
    return x;
  });

  test("says which op wanted it", () => {
    expect(() => sum(disposed)).toThrow(/^sum: this tensor, float32 \[2\], was disposed of/);
  });

  test("says so when it is read", async () => {
    await expect(disposed.data()).rejects.toThrow(/^reading: this tensor/);
  });
});

test("a parameter keeps its shape", () => {
  const weight = new Parameter("weight", zeros([2, 2]));
  expect(() => {
    weight.value = zeros([5, 5]);
  }).toThrow(new ShapeError("parameter weight: is [2,2], and can't become [5,5]"));
});

describe("from JavaScript, where nothing is checked before", () => {
  test("a shape that is no array", () => {
    expect(() => zeros(2 as never)).toThrow(/the shape is an array/);
    expect(() => zeros([4]).reshape(2 as never)).toThrow(/the shape is an array/);
  });

  test("a backend by its name", () => {
    expect(() => tensor([1], { backend: "cpu" as never })).toThrow(/"cpu" is no backend: a backend is an object/);
  });
});
