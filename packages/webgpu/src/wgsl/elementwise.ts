/**
 * Kernels that go through all elements of a shape, four at a time where the operands lie so that a vector of four can be
 * read at once: one pass over memory, whatever is computed.
 */
import { type Element, type Kernel, kernel, vec4 } from "./kernel.ts";

/** A function of some elements. */
export interface Formula {
  /** Of an op, and which of its variants. */
  readonly name: string;
  readonly variant: string;
  readonly takes: readonly Element[];
  readonly gives: Element;
  /** Statements of `a`, `b`, `c`, … that return the result. */
  readonly text: string;
}

/**
 * How an operand is read: `four` at once, the `same` element for all four, `one` element at a time, or not at all, being a
 * number `literal`.
 */
export type Access = "four" | "same" | "one" | "literal";

/** Ranks are rounded up to one of these, so that there are few kernels. */
export const ranks: readonly number[] = [1, 2, 4, 8];

const names = "abcdefg";

/**
 * The kernel of a function. Its numbers: the lengths of all axes but the first; of each operand its start
 * and its strides, or the literal. With vectors, the last axis counts them.
 */
export function elementwise(f: Formula, access: readonly Access[], rank: number): Kernel {
  return kernel(f.name, `${f.variant} ${access} ${rank}`, () => {
    const fours = !access.includes("one");
    const stored = access.flatMap((how, i) => (how === "literal" ? [] : [{ how, i, element: f.takes[i] as Element }]));
    const place = new Map(stored.map(({ i }, k) => [i, k]));
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    const read = (how: Access, i: number): string => {
      if (how === "literal") return `let v${i} = p.${names[i]};`;
      const along = axes.map((axis) => `i32(c${axis}${fours && axis === rank - 1 ? " * 4u" : ""}) * p.s${i}_${axis}`);
      const at = `let at${i} = u32(p.o${i} + ${along.join(" + ")});`;
      return `${at} let v${i} = x${place.get(i)}[at${i}${how === "four" ? " >> 2u" : ""}];`;
    };
    const args = (lane: string): string =>
      access.map((how, i) => (how === "four" ? `v${i}${lane}` : `v${i}`)).join(", ");
    const signature = f.takes.map((element, i) => `${names[i]}: ${element}`).join(", ");
    const result = fours
      ? `${vec4(f.gives)}(${["x", "y", "z", "w"].map((lane) => `f(${args(`.${lane}`)})`).join(", ")})`
      : `f(${args("")})`;
    // What is long is written once, in a loop: it takes long to compile.
    const isLong = fours && /(?:powerOf|restOf|angleOf|sineOf)\(/.test(f.text);
    const write = isLong
      ? `var r = ${vec4(f.gives)}(); for (var lane = 0u; lane < 4u; lane++) { r[lane] = f(${args("[lane]")}); } y0[i] = r;`
      : `y0[i] = ${result};`;
    return {
      inputs: stored.map(({ how, element }) => (how === "four" ? vec4(element) : element)),
      outputs: [fours ? vec4(f.gives) : f.gives],
      params: [
        ...axes.slice(1).map((axis) => `u32 n${axis}` as const),
        ...access.map((how, i) =>
          how === "literal"
            ? (`${f.takes[i] as Element} ${names[i]}` as const)
            : (`i32 o${i} ${axes.map((axis) => `s${i}_${axis}`).join(" ")}` as const),
        ),
      ],
      declarations: `fn f(${signature}) -> ${f.gives} { ${f.text} }`,
      body: `
        ${axes
          .slice(1)
          .reverse()
          .map((axis, turn) => {
            const rest = turn === 0 ? "i" : `r${axis + 1}`;
            return `let c${axis} = ${rest} % p.n${axis}; let r${axis} = ${rest} / p.n${axis};`;
          })
          .join("\n")}
        let c0 = ${rank > 1 ? "r1" : "i"};
        ${access.map(read).join("\n")}
        ${write}`,
    };
  });
}
