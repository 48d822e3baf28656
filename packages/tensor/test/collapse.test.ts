import { describe, expect, test } from "vitest";
import { collapse } from "../src/index.ts";

describe("collapse", () => {
  test("joins axes that one walk goes through", () => {
    expect(collapse([2, 3, 4], [{ strides: [12, 4, 1] }])).toEqual({ lengths: [24], strides: [[1]] });
  });

  test("keeps axes apart where one operand does not go on", () => {
    // The second operand is transposed: from row to row it steps by 1, within a row by 2.
    const walks = collapse([2, 3], [{ strides: [3, 1] }, { strides: [1, 2] }]);
    expect(walks).toEqual({
      lengths: [2, 3],
      strides: [
        [3, 1],
        [1, 2],
      ],
    });
  });

  test("drops axes of length 1, whatever their stride", () => {
    expect(collapse([2, 1, 3], [{ strides: [3, 99, 1] }])).toEqual({ lengths: [6], strides: [[1]] });
  });

  test("joins broadcast axes with one another: all stay where they are", () => {
    expect(collapse([2, 3], [{ strides: [0, 0] }])).toEqual({ lengths: [6], strides: [[0]] });
  });

  test("of a scalar leaves nothing", () => {
    expect(collapse([], [{ strides: [] }])).toEqual({ lengths: [], strides: [[]] });
  });
});
