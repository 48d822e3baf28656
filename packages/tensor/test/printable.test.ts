import { BackendError, ones, printable, quoted, tensor, uniform, withBudget, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

describe("printable", () => {
  test.each([
    ["a title", "\x1b]0;mine\x07", "\\u001b]0;mine\\u0007"],
    ["the 8-bit form of a sequence", "\x9b2J", "\\u009b2J"],
    ["a line end", "a\r\nb", "a\\u000d\\u000ab"],
    ["text from right to left", "\u202egnp.exe", "\\u202egnp.exe"],
    ["nothing to mind", "épice 学習 🙂 \\x1b", "épice 学習 🙂 \\x1b"],
  ])("%s", (_, text, shown) => expect(printable(text)).toBe(shown));

  test("cuts a text to a length", () => expect(printable("abcdef", 3)).toBe("abc…"));
});

describe("quoted", () => {
  test("a text is JSON on a line, whatever its length", () => {
    expect(quoted('a"\x1b\x9b')).toBe('"a\\"\\u001b\\u009b"');
    expect(quoted("x".repeat(1e6))).toBe(`"${"x".repeat(60)}"…`);
  });

  test("a value that nests deeper than the stack is named by its kind", () => {
    expect(quoted(JSON.parse(`${"[".repeat(1e5)}${"]".repeat(1e5)}`))).toBe("Array");
  });
});

describe("withBudget", () => {
  test("counts all that is created inside, also after an error, and nothing outside", () => {
    expect(() => withBudget(10, () => [zeros([2, 3]), uniform([5])])).toThrow(BackendError);
    expect(() => withBudget(10, () => [zeros([2, 3]), uniform([5])])).toThrow(
      "uniform: [5] must have 4 elements at most",
    );
    expect(withBudget(11, () => [zeros([2, 3]), uniform([5])])).toHaveLength(2);
    expect(zeros([12]).size).toBe(12);
  });

  test("an inner budget is part of the outer one", () => {
    const inner = (): unknown => withBudget(10, () => zeros([4]));
    expect(() => withBudget(6, () => [inner(), inner()])).toThrow(/\[4\] must have 2 elements at most/);
    expect(() => withBudget(6, () => withBudget(10, () => zeros([7])))).toThrow(/6 elements at most/);
  });

  test("results of ops count, and views of them don't", () => {
    const run = (): unknown =>
      ones([3, 1])
        .add(ones([1, 4]))
        .reshape([4, 3])
        .transpose();
    expect(withBudget(19, run)).toBeDefined();
    expect(() => withBudget(18, run)).toThrow("add: [3,4] must have 11 elements at most");
  });

  test("given data are there already", () => expect(withBudget(0, () => tensor([1, 2])).size).toBe(2));
});
