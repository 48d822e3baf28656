/** Products for which tiles don't pay: small ones, and those of few rows or columns, which are read but once. */
import { type Kernel, kernel, workgroup } from "./kernel.ts";
import { finishers, keyOf, type Product, productParams, readers } from "./product.ts";
import { shared, tree } from "./reduce.ts";

/** How a product is shared out: a result to a thread, or to a workgroup, or columns side by side to threads, and k to four of them. */
export type Sharing = "thread" | "workgroup" | "columns";

/** Threads beside each other along k, where columns are shared out. */
const slices = 4;

const head = "let n = i % p.N; let m = (i / p.N) % p.M; let z = i / (p.N * p.M);";

/** The kernel of a product without tiles. It counts results, or blocks of columns. */
export function plain(product: Product, sharing: Sharing): Kernel {
  const { type } = product;
  return kernel(product.name, `${sharing} ${keyOf(product)}`, () => {
    const sum = (from: string, step: string): string =>
      `var r = ${type}(0); for (var k = ${from}; k < p.K; k += ${step}) { r += readA(z, m, k) * readB(z, n, k); }`;
    const bodies: { readonly [S in Sharing]: string } = {
      thread: `${head} ${sum("0u", "1u")} y0[place(z, m, n)] = finish(r, z, m, n);`,
      workgroup: `${head} ${sum("t", `${workgroup}u`)} ${tree}
        if (t == 0u) { y0[place(z, m, n)] = finish(shares[0], z, m, n); }`,
      columns: `
        let blocks = (p.N + ${workgroup - 1}) / ${workgroup};
        let n = (i % blocks) * ${workgroup} + t % ${workgroup}; let m = (i / blocks) % p.M; let z = i / (blocks * p.M);
        var r = ${type}(0);
        if (n < p.N) { for (var k = t / ${workgroup}; k < p.K; k += ${slices}) { r += readA(z, m, k) * readB(z, n, k); } }
        shares[t] = r;
        workgroupBarrier();
        if (t < ${workgroup} && n < p.N) {
          for (var s = 1u; s < ${slices}; s++) { r += shares[t + s * ${workgroup}]; }
          y0[place(z, m, n)] = finish(r, z, m, n);
        }`,
    };
    const threads = sharing === "columns" ? slices * workgroup : workgroup;
    return {
      inputs: [type, type, type],
      outputs: [type],
      params: [...productParams, ...(product.params ?? [])],
      together: sharing !== "thread",
      threads,
      declarations: `
        ${sharing === "thread" ? "" : shared(type, threads)}
        fn join(r: ${type}, v: ${type}) -> ${type} { return r + v; }
        ${readers(product)}
        ${finishers(product, "x2")}`,
      body: bodies[sharing],
    };
  });
}

/** Adds up the parts of a product whose k was split, [parts, z, m, n], in their order. */
export const addParts = (product: Product): Kernel =>
  kernel(product.name, `parts ${keyOf(product)}`, () => ({
    inputs: [product.type, product.type],
    outputs: [product.type],
    params: [...productParams, "u32 parts", ...(product.params ?? [])],
    declarations: finishers(product, "x1"),
    body: `${head}
      var r = ${product.type}(0);
      for (var s = 0u; s < p.parts; s++) { r += x0[s * p.count + i]; }
      y0[place(z, m, n)] = finish(r, z, m, n);`,
  }));
