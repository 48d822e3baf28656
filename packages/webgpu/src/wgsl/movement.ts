/** The kernels that move numbers: each output asks where it comes from. Bits are moved, whatever they stand for. */
import { type Element, type Kernel, kernel } from "./kernel.ts";

/** `x` with `value` around it. Its numbers: the value, then of each axis its length, that of `x`, and how many come before. */
export function pad(rank: number): Kernel {
  return kernel("pad", `${rank}`, () => {
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    const steps = axes.toReversed().map(
      (axis) => `
        let k${axis} = i32(rest % p.n${axis}) - i32(p.b${axis}); rest = rest / p.n${axis};
        inside = inside && k${axis} >= 0 && k${axis} < i32(p.m${axis});
        at += u32(max(k${axis}, 0)) * size; size *= p.m${axis};`,
    );
    return {
      inputs: ["u32"],
      outputs: ["u32"],
      params: [`u32 value ${["n", "m", "b"].flatMap((name) => axes.map((axis) => `${name}${axis}`)).join(" ")}`],
      body: `var rest = i; var at = 0u; var size = 1u; var inside = true; ${steps.join("")}
        var r = p.value; if (inside) { r = x0[at]; } y0[i] = r;`,
    };
  });
}

/** Zeros. */
export const zeros = (): Kernel => kernel("fill", "", () => ({ inputs: [], outputs: ["u32"], body: "y0[i] = 0u;" }));

/** Puts rows of `width` numbers where they belong in rows of `all`, from place `at` on. */
export const place = (): Kernel =>
  kernel("concat", "", () => ({
    inputs: ["u32"],
    outputs: ["u32"],
    params: ["u32 width all at"],
    body: `y0[(i / p.width) * p.all + p.at + i % p.width] = x0[i];`,
  }));

/** `x` is [outer, size, inner]; output [outer, count, inner]. An index outside gives NaN, or sets the doubt. */
export const gather = (isFloat: boolean): Kernel =>
  kernel("gather", `${isFloat}`, () => ({
    inputs: ["u32", "i32"],
    outputs: isFloat ? ["u32"] : ["u32", "u32"],
    params: ["u32 size inner picks", "i32 start step"],
    body: `
      let row = i / p.inner; let outer = row / p.picks;
      let index = x1[u32(p.start + i32(row % p.picks) * p.step)];
      let at = select(index, index + i32(p.size), index < 0);
      if (at >= 0 && at < i32(p.size)) { y0[i] = x0[(outer * p.size + u32(at)) * p.inner + i % p.inner]; }
      else { ${isFloat ? "y0[i] = bitcast<u32>(p.nan);" : "y0[i] = 0u; y1[0] = 1u;"} }`,
  }));

/** Indices counted from the beginning; those outside their axis are its size, which comes after all others. */
export const places = (): Kernel =>
  kernel("scatterAdd", "places", () => ({
    inputs: ["i32"],
    outputs: ["i32"],
    params: ["u32 size", "i32 start step"],
    body: `
      let index = x0[u32(p.start + i32(i) * p.step)];
      let at = select(index, index + i32(p.size), index < 0);
      y0[i] = select(i32(p.size), at, at >= 0 && at < i32(p.size));`,
  }));

/**
 * `x` is [outer, picks, inner], `x1` the place of each pick, `x2` the order that sorts them; output [outer, size, inner]. Each
 * output finds its picks, which lie side by side in that order, and adds them up: the same sum every time, with the bits of a
 * float32 loop over the picks, and NaN and infinity as there. Whole numbers that are added by atomics, each float as two words
 * of fixed point, would need no order; but they need the largest number first, words for all outputs, and flags for what is not
 * finite, and no op but this one is the same for `int32`. A pick that is outside makes all NaN, or sets the doubt.
 */
export const scatterAdd = (element: Element): Kernel =>
  kernel("scatterAdd", element, () => ({
    inputs: [element, "i32", "i32"],
    outputs: element === "f32" ? [element] : [element, "u32"],
    params: ["u32 size inner picks"],
    declarations: `fn firstFrom(place: i32) -> u32 {
        var low = 0u; var high = p.picks;
        while (low < high) { let middle = (low + high) / 2u; if (x1[x2[middle]] < place) { low = middle + 1u; } else { high = middle; } }
        return low;
      }`,
    body: `
      let row = i / p.inner; let outer = row / p.size; let j = i32(row % p.size);
      var r = ${element}(0);
      for (var k = firstFrom(j); k < p.picks; k++) {
        let pick = u32(x2[k]);
        if (x1[pick] != j) { break; }
        r += x0[(outer * p.picks + pick) * p.inner + i % p.inner];
      }
      if (x1[x2[p.picks - 1u]] >= i32(p.size)) { ${element === "f32" ? "r = p.nan;" : "y1[0] = 1u;"} }
      y0[i] = r;`,
  }));

/**
 * One pass of Batcher's merge exchange along the middle axis of `x`, [outer, n, inner]: `y0` has places, which are exchanged
 * in pairs that lie `distance` apart. Elements go in groups of `size`; those in groups of one `phase`, the even or the odd
 * ones, are the lower ones of a pair. Equal elements are compared by their places, so they stay in their order. Source:
 * Knuth, The Art of Computer Programming 3, 5.2.2, Algorithm M.
 */
export const exchange = (element: Element, descending: boolean): Kernel =>
  kernel("argsort", `${element} ${descending}`, () => {
    const last = descending ? "v" : "w";
    return {
      inputs: [element],
      outputs: ["i32"],
      params: ["u32 n inner size phase distance"],
      declarations: `fn comes(v: ${element}, w: ${element}, i: i32, j: i32) -> bool {
        ${element === "f32" ? `if (isNan(v) != isNan(w)) { return isNan(${last}); }` : ""}
        if (v < w || v > w) { return (v < w) != ${descending}; }
        return i < j;
      }`,
      body: `
        let column = i % p.inner; let k = (i / p.inner) % p.n; let outer = i / p.inner / p.n;
        if ((k / p.size) % 2u != p.phase || k + p.distance >= p.n) { return; }
        let here = i; let there = i + p.distance * p.inner;
        let a = y0[here]; let b = y0[there];
        let line = outer * p.n * p.inner + column;
        if (!comes(x0[line + u32(a) * p.inner], x0[line + u32(b) * p.inner], a, b)) { y0[here] = b; y0[there] = a; }`,
    };
  });

/** The order before the first pass. */
export const unsorted = (): Kernel =>
  kernel("argsort", "places", () => ({
    inputs: [],
    outputs: ["i32"],
    params: ["u32 n inner"],
    body: `y0[i] = i32((i / p.inner) % p.n);`,
  }));
