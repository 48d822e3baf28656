/**
 * The product by tiles: a workgroup makes BM × BN results, and goes through k by 16. It copies its part of both factors into
 * its memory, from which each thread multiplies into TM × TN results that it keeps in registers. Vectors of four are read,
 * kept and multiplied as such; a factor lies in the workgroup's memory as it does on the device, so no copy transposes.
 */
import { eachGroup, type Kernel, kernel, numbers, vec4 } from "./kernel.ts";
import { type Factor, finishers, keyOf, multiplyAdd, type Product, productParams, readers } from "./product.ts";

/** The sizes of a tile, and of a thread's part in it. */
export interface Tile {
  readonly BM: number;
  readonly BN: number;
  readonly TM: number;
  readonly TN: number;
}

/** How far a workgroup goes along k at a time. */
export const depth = 16;

const lanes = ["x", "y", "z", "w"] as const;
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/**
 * The kernel. Its numbers beyond those of every product: how many tiles there are, and along n; in how many parts k is taken,
 * and how long one is.
 *
 * @param guarded Whether tiles can reach beyond the ends.
 * @param fours Whether results are written by vectors: they are next to each other along n, and their number divides by 4.
 * @param split Whether parts of k go to workgroups of their own: the sums, [parts, z, m, n], are added up later.
 */
export function tiled(product: Product, tile: Tile, guarded: boolean, fours: boolean, split: boolean): Kernel {
  const { BM, BN, TM, TN } = tile;
  const variant = `tile ${keyOf(product)} ${[BM, BN, TM, TN, guarded, fours, split]}`;
  return kernel(product.name, variant, () => {
    const { a, b, type } = product;
    const [wide, high] = [BN / TN, BM / TM];
    const threads = wide * high;
    const vector = vec4(type);
    const tileA = shapeOf(a, BM);
    const tileB = shapeOf(b, BN);
    const results = range(TM).flatMap((i) => range(TN / 4).map((j) => [i, j] as const));
    return {
      inputs: [a.fours ? vector : type, b.fours ? vector : type, ...(split ? [] : [type])],
      outputs: [fours ? vector : type],
      params: [...productParams, ...numbers("u32", "count", "across", "parts", "part"), ...(product.params ?? [])],
      threads,
      declarations: `
        var<workgroup> tileA: array<${vector}, ${tileA.size}>;
        var<workgroup> tileB: array<${vector}, ${tileB.size}>;
        ${readers(product)}
        ${split ? "" : finishers(product, "x2")}`,
      body: `
        ${eachGroup}
        let m0 = (id / p.across) * ${BM}u; let n0 = (id % p.across) * ${BN}u;
        let z = wg.z / p.parts; let first = (wg.z % p.parts) * p.part; let end = min(first + p.part, p.K);
        let lx = t % ${wide}u; let ly = t / ${wide}u;
        ${results.map(([i, j]) => `var c${i}_${j} = ${vector}();`).join(" ")}
        for (var k0 = first; k0 < end; k0 += ${depth}u) {
          ${load("A", product, BM, threads, guarded)}
          ${load("B", product, BN, threads, guarded)}
          workgroupBarrier();
          for (var k = 0u; k < ${depth / 4}u; k++) { ${multiply(product, tile, wide, high)} }
          workgroupBarrier();
        }
        ${store(product, tile, wide, high, { guarded, fours, split })}`,
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
  const { width, size } = shapeOf(factor, other);
  const [origin, limit] = side === "A" ? ["m0", "p.M"] : ["n0", "p.N"];
  const vector = vec4(product.type);
  const at = factor.alongK ? `${origin} + row` : `${origin} + 4u * column`;
  const k = factor.alongK ? "k0 + 4u * column" : "k0 + row";
  const read = (lane: number): string => {
    const [o, q] = factor.alongK ? ["o", `q + ${lane}u`] : [`o + ${lane}u`, "q"];
    const inside = `${factor.alongK ? q : o} < ${factor.alongK ? "end" : limit}`;
    const value = side === "A" ? `readA(z, ${o}, ${q})` : `readB(z, ${q}, ${o})`;
    return `${guarded ? `if (${inside}) ` : ""}{ v.${lanes[lane]} = ${value}; }`;
  };
  const [name, buffer] = side === "A" ? ["a", "x0"] : ["b", "x1"];
  const [strideO, strideK] = side === "A" ? ["p.am", "p.ak"] : ["p.bn", "p.bk"];
  const index = `u32(p.${name}o + i32(z) * p.${name}z + i32(o) * ${factor.alongK ? strideO : "1"} + i32(q) * ${factor.alongK ? "1" : strideK})`;
  const whole = factor.fours ? `v = ${buffer}[${index} >> 2u];` : range(4).map(read).join(" ");
  const rowInside = factor.alongK ? `o < ${limit}` : "q < end";
  const columnInside = factor.alongK ? "q < end" : `o < ${limit}`;
  const guard = guarded ? `if (${rowInside}${factor.fours ? ` && ${columnInside}` : ""}) ` : "";
  return range(Math.ceil(size / threads))
    .map((turn) => {
      const reaches = (turn + 1) * threads > size ? `if (t + ${turn * threads}u < ${size}u) ` : "";
      return `${reaches}{
        let e = t + ${turn * threads}u; let row = e / ${width}u; let column = e % ${width}u;
        let o = ${at}; let q = ${k};
        var v = ${vector}();
        ${guard}{ ${whole} }
        tile${side}[e] = v;
      }`;
    })
    .join("\n");
}

/** Statements that multiply four steps of k into a thread's results: rows of A times vectors of B. */
function multiply({ a, b, type }: Product, { BM, BN, TM, TN }: Tile, wide: number, high: number): string {
  const rowsA = shapeOf(a, BM).width;
  const rowsB = shapeOf(b, BN).width;
  const reads: string[] = [];
  for (const g of range(TM / 4)) {
    for (const s of range(4)) {
      // A thread's rows are four side by side, then four further on: its neighbours' lie between.
      reads.push(
        a.alongK
          ? `let a${g * 4 + s} = tileA[((ly + ${g * high}u) * 4u + ${s}u) * ${rowsA}u + k];`
          : `let a${s}_${g} = tileA[(k * 4u + ${s}u) * ${rowsA}u + ly + ${g * high}u];`,
      );
    }
  }
  for (const j of range(TN / 4)) {
    for (const s of range(4)) {
      reads.push(
        b.alongK
          ? `let t${s}_${j} = tileB[((lx + ${j * wide}u) * 4u + ${s}u) * ${rowsB}u + k];`
          : `let b${s}_${j} = tileB[(k * 4u + ${s}u) * ${rowsB}u + lx + ${j * wide}u];`,
      );
    }
    if (!b.alongK) continue;
    for (const s of range(4)) {
      const lane = lanes[s];
      reads.push(`let b${s}_${j} = ${vec4(type)}(t0_${j}.${lane}, t1_${j}.${lane}, t2_${j}.${lane}, t3_${j}.${lane});`);
    }
  }
  const sums = range(4).flatMap((s) =>
    range(TN / 4).flatMap((j) =>
      range(TM).map((i) => {
        const factor = a.alongK ? `a${i}.${lanes[s]}` : `a${s}_${i >> 2}.${lanes[i & 3]}`;
        return `c${i}_${j} = ${multiplyAdd(type, factor, `b${s}_${j}`, `c${i}_${j}`)};`;
      }),
    ),
  );
  return [...reads, ...sums].join("\n");
}

/** Statements that write a thread's results. */
function store(
  { type }: Product,
  { TM, TN }: Tile,
  wide: number,
  high: number,
  { guarded, fours, split }: { readonly guarded: boolean; readonly fours: boolean; readonly split: boolean },
): string {
  const at = (lane: string): string =>
    split ? `((wg.z % p.parts * (groups.z / p.parts) + z) * p.M + m) * p.N + n${lane}` : `place(z, m, n${lane})`;
  const one = (i: number, j: number): string => {
    const finished = (s: number): string =>
      split ? `c${i}_${j}.${lanes[s]}` : `finish(c${i}_${j}.${lanes[s]}, z, m, n + ${s}u)`;
    if (fours) return `y0[(${at("")}) >> 2u] = ${vec4(type)}(${range(4).map(finished).join(", ")});`;
    return range(4)
      .map((s) => `${guarded ? `if (n + ${s}u < p.N) ` : ""}{ y0[${at(` + ${s}u`)}] = ${finished(s)}; }`)
      .join(" ");
  };
  return range(TN / 4)
    .map(
      (j) => `{
        let n = n0 + (lx + ${j * wide}u) * 4u;
        ${guarded ? "if (n < p.N) " : ""}{
          ${range(TM)
            .map(
              (i) => `{
                let m = m0 + (ly + ${(i >> 2) * high}u) * 4u + ${i & 3}u;
                ${guarded ? "if (m < p.M) " : ""}{ ${one(i, j)} }
              }`,
            )
            .join("\n")}
        }
      }`,
    )
    .join("\n");
}
