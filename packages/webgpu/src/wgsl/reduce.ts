/**
 * Reductions over a line for each output: element k of output j is at `start + j · keep + k · step`, in `parts` parts of
 * `length`, whose results are reduced again. Either a thread goes through a part by itself, and neighbours through
 * neighbouring outputs; or a workgroup goes through it together, where neighbours in memory belong to one output.
 */
import type { ReduceOp } from "@dlcc/tensor";
import { type Element, type Kernel, kernel, workgroup } from "./kernel.ts";

/** An expression of `r`, what there is so far, and `v`. */
const combine = (op: ReduceOp, element: Element): string =>
  op === "sum" ? "r + v" : `${op}${element === "f32" ? "Of" : ""}(r, v)`;

/** The result for no elements. */
const first = (op: ReduceOp, element: Element): string => {
  if (op === "sum") return `${element}(0)`;
  if (element === "f32") return op === "max" ? "-p.inf" : "p.inf";
  if (element === "u32") return op === "max" ? "0u" : "1u";
  return op === "max" ? "i32(-2147483648)" : "2147483647";
};

/** Declares what the threads of a workgroup share. */
export const shared = (element: Element, threads: number = workgroup): string =>
  `var<workgroup> shares: array<${element}, ${threads}>;`;

/** Statements that reduce what each thread of a workgroup has in `r` to `shares[0]`, by `join`, always in the same order. */
export const tree: string = `
  shares[t] = r;
  workgroupBarrier();
  for (var half = ${workgroup / 2}u; half > 0u; half = half >> 1u) {
    if (t < half) { shares[t] = join(shares[t], shares[t + half]); }
    workgroupBarrier();
  }`;

const walk = "i32 start keep step";

/** The kernel of a reduction. `together`: by workgroups. */
export function reduce(op: ReduceOp, element: Element, together: boolean): Kernel {
  return kernel(op, `${element} ${together ? "together" : "alone"}`, () => {
    const [from, stride] = together ? [" + t", workgroup] : ["", 1];
    return {
      inputs: [element],
      outputs: [element],
      params: ["u32 parts length total", walk],
      together,
      declarations: `fn join(r: ${element}, v: ${element}) -> ${element} { return ${combine(op, element)}; }
        ${together ? shared(element) : ""}`,
      body: `
        let j = i / p.parts; let begin = (i % p.parts) * p.length; let end = min(begin + p.length, p.total);
        let line = p.start + i32(j) * p.keep;
        var r = ${first(op, element)};
        for (var k = begin${from}; k < end; k += ${stride}) { r = join(r, x0[u32(line + i32(k) * p.step)]); }
        ${together ? `${tree} if (t == 0u) { y0[i] = shares[0]; }` : "y0[i] = r;"}`,
    };
  });
}

/** Where the first largest is; a float's NaN counts as the largest. A workgroup goes through a line together. */
export function argmax(element: Element): Kernel {
  return kernel("argmax", element, () => ({
    inputs: [element],
    outputs: ["i32"],
    params: ["u32 total", walk],
    together: true,
    declarations: `
      ${shared("u32")}
      var<private> line: i32;
      fn at(k: u32) -> ${element} { return x0[u32(line + i32(k) * p.step)]; }
      fn join(a: u32, b: u32) -> u32 {
        if (a >= p.total) { return b; }
        if (b >= p.total) { return a; }
        let v = at(a); let w = at(b);
        ${element === "f32" ? "if (isNan(v) || isNan(w)) { return select(b, select(a, min(a, b), isNan(w)), isNan(v)); }" : ""}
        if (v == w) { return min(a, b); }
        return select(b, a, v > w);
      }`,
    body: `
      line = p.start + i32(i) * p.keep;
      var r = p.total;
      for (var k = t; k < p.total; k += ${workgroup}) { r = join(r, k); }
      ${tree}
      if (t == 0u) { y0[i] = i32(shares[0]); }`,
  }));
}
