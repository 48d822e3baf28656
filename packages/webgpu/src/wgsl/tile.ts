/**
 * The product by tiles: a workgroup makes BM × BN results, and goes through k by 16. It copies its part of both factors into
 * its memory, from which each thread multiplies into T × T results that it keeps in registers. Vectors of four are read,
 * kept and multiplied as such; a factor lies in the workgroup's memory as it does on the device, so no copy transposes.
 */
import { type Kernel, kernel, vec4 } from "./kernel.ts";
import { type Factor, finishers, inRows, keyOf, multiplyAdd, type Product, productParams, readers } from "./product.ts";

/** The sizes of a tile, BM × BN, and of a thread's part in it, T × T. */
export interface Tile {
  readonly BM: number;
  readonly BN: number;
  readonly T: number;
}

/** How far a workgroup goes along k at a time. */
export const depth = 16;

const lanes = ["x", "y", "z", "w"] as const;
const range = (count: number): readonly number[] => [...Array(count).keys()];

/** The results of a thread: vectors of four in row `i`, of which `j` is the place. */
type Results = readonly (readonly [i: number, j: number])[];

/** What stands before a block that is for what lies inside, where tiles can reach beyond the ends. */
const guard = (guarded: boolean, inside: string): string => (guarded ? `if (${inside}) ` : "");

/**
 * The kernel, which counts tiles. Its numbers beyond those of every product: how many tiles there are along n; in how many parts
 * k is taken, and how long one is.
 *
 * @param guarded Whether tiles can reach beyond the ends.
 * @param fours Whether results are written by vectors: they are next to each other along n, and their number divides by 4.
 * @param split Whether parts of k go to workgroups of their own: the sums, [parts, z, m, n], are added up later.
 */
export function tiled(product: Product, tile: Tile, guarded: boolean, fours: boolean, split: boolean): Kernel {
  const { BM, BN, T } = tile;
  const variant = `tile ${keyOf(product)} ${[BM, BN, T, guarded, fours, split]}`;
  return kernel(product.name, variant, () => {
    const { a, b, type } = product;
    const [wide, high] = [BN / T, BM / T];
    const threads = wide * high;
    const vector = vec4(type);
    const tileA = shapeOf(a, BM);
    const tileB = shapeOf(b, BN);
    const results: Results = range(T).flatMap((i) => range(T / 4).map((j) => [i, j] as const));
    return {
      inputs: [a.fours ? vector : type, b.fours ? vector : type, ...(split ? [] : [type])],
      outputs: [fours ? vector : type],
      params: [...productParams, "u32 across parts part", ...(product.params ?? [])],
      together: true,
      threads,
      declarations: `
        var<workgroup> tileA: array<${vector}, ${tileA.size}>;
        var<workgroup> tileB: array<${vector}, ${tileB.size}>;
        ${readers(product)}
        ${split ? "" : finishers(product, "x2")}`,
      body: `
        let m0 = (i / p.across) * ${BM}; let n0 = (i % p.across) * ${BN};
        let z = wg.z / p.parts; let first = (wg.z % p.parts) * p.part; let end = min(first + p.part, p.K);
        let lx = t % ${wide}; let ly = t / ${wide};
        ${results.map(([i, j]) => `var c${i}_${j} = ${vector}();`).join(" ")}
        for (var k0 = first; k0 < end; k0 += ${depth}) {
          ${load("A", product, BM, threads, guarded)}
          ${load("B", product, BN, threads, guarded)}
          workgroupBarrier();
          for (var k = 0u; k < ${depth / 4}; k++) { ${multiply(product, tile, wide, high)} }
          workgroupBarrier();
        }
        ${store(product, results, wide, high, { guarded, fours, split })}`,
    };
  });
}

/** A factor's tile: rows of vectors. Where neighbours lie along k, a row is an index of the other side, else it is a k. */
function shapeOf(factor: Factor, other: number): { readonly width: number; readonly size: number } {
  const width = (factor.alongK ? depth : other) / 4;
  return { width, size: width * (factor.alongK ? other : depth) };
}

/** Statements by which the threads copy a factor's part into the workgroup's memory. */
function load(side: "A" | "B", product: Product, other: number, threads: number, guarded: boolean): string {
  const factor = side === "A" ? product.a : product.b;
  const { alongK, fours } = factor;
  const { width, size } = shapeOf(factor, other);
  const [origin, limit] = side === "A" ? ["m0", "p.M"] : ["n0", "p.N"];
  const inside = (s: number): string => (alongK ? `k + ${s} < end` : `o + ${s} < ${limit}`);
  const one = (s: number): string => `read${side}(z, ${alongK ? `o, k + ${s}` : `o + ${s}, k`})`;
  const read = fours
    ? `${guard(guarded, inside(0))}{ v = read${side}(z, o, k); }`
    : lanes.map((lane, s) => `${guard(guarded, inside(s))}{ v.${lane} = ${one(s)}; }`).join(" ");
  return range(Math.ceil(size / threads))
    .map(
      (turn) => `${guard((turn + 1) * threads > size, `t + ${turn * threads} < ${size}`)}{
        let e = t + ${turn * threads}; let row = e / ${width}; let column = e % ${width} * 4u;
        let o = ${origin} + ${alongK ? "row" : "column"}; let k = k0 + ${alongK ? "column" : "row"};
        var v = ${vec4(product.type)}();
        ${guard(guarded, alongK ? `o < ${limit}` : "k < end")}{ ${read} }
        tile${side}[e] = v;
      }`,
    )
    .join("\n");
}

/**
 * Statements that read four steps of k from a tile, for a thread's part: four side by side, then four further on, as its
 * neighbours' lie between. `name0_g` to `name3_g` are vectors along k of four rows where the tile is along k, else vectors of
 * four rows for each k.
 */
function reads(
  name: string,
  side: "A" | "B",
  factor: Factor,
  sizes: readonly [number, number, number],
  local: string,
): readonly string[] {
  const [other, count, step] = sizes;
  const { width } = shapeOf(factor, other);
  return range(count / 4).flatMap((g) =>
    range(4).map((s) => {
      const four = `${local} + ${g * step}u`;
      const at = factor.alongK ? `((${four}) * 4u + ${s}) * ${width} + k` : `(k * 4u + ${s}) * ${width} + ${four}`;
      return `let ${name}${s}_${g} = tile${side}[${at}];`;
    }),
  );
}

/** Statements that multiply four steps of k into a thread's results: elements of A times vectors of B. */
function multiply({ a, b, type }: Product, { BM, BN, T }: Tile, wide: number, high: number): string {
  const turned = range(T / 4).flatMap((j) =>
    range(4).map((s) => `let b${s}_${j} = ${vec4(type)}(${range(4).map((i) => `t${i}_${j}.${lanes[s]}`)});`),
  );
  const sums = range(4).flatMap((s) =>
    range(T / 4).flatMap((j) =>
      range(T).map((i) => {
        const [row, group] = [i & 3, i >> 2];
        const element = a.alongK ? `a${row}_${group}.${lanes[s]}` : `a${s}_${group}.${lanes[row]}`;
        return `c${i}_${j} = ${multiplyAdd(type, element, `b${s}_${j}`, `c${i}_${j}`)};`;
      }),
    ),
  );
  return [
    ...reads("a", "A", a, [BM, T, high], "ly"),
    ...reads(b.alongK ? "t" : "b", "B", b, [BN, T, wide], "lx"),
    ...(b.alongK ? turned : []),
    ...sums,
  ].join("\n");
}

/** Statements that write a thread's results. */
function store(
  { type }: Product,
  results: Results,
  wide: number,
  high: number,
  { guarded, fours, split }: { readonly guarded: boolean; readonly fours: boolean; readonly split: boolean },
): string {
  const at = (lane: string): string =>
    split ? inRows("(wg.z % p.parts * (groups.z / p.parts) + z)") + lane : `place(z, m, n${lane})`;
  const blocks = results.map(([i, j]) => {
    const finished = lanes.map((lane, s) =>
      split ? `c${i}_${j}.${lane}` : `finish(c${i}_${j}.${lane}, z, m, n + ${s})`,
    );
    const statements = fours
      ? [`y0[(${at("")}) >> 2u] = ${vec4(type)}(${finished.join(", ")});`]
      : finished.map((value, s) => `${guard(guarded, `n + ${s} < p.N`)}{ y0[${at(` + ${s}`)}] = ${value}; }`);
    return `{
      let m = m0 + (ly + ${(i >> 2) * high}) * 4u + ${i & 3}; let n = n0 + (lx + ${j * wide}) * 4u;
      ${guard(guarded, "m < p.M && n < p.N")}{ ${statements.join(" ")} }
    }`;
  });
  return blocks.join("\n");
}
