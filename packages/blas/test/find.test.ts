/** Finding the library: names by platform, what is refused and why. The libraries here are objects; one test takes the real. */
import { cpu, randn } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { backendOn } from "../src/backend.ts";
import { type Blas, findBlas } from "../src/find.ts";
import { type Foreign, type Library, loadKoffi, type Opener } from "../src/foreign.ts";
import { createBlas } from "../src/index.ts";
import { fileNames } from "../src/libraries.ts";

/** A library that has these functions, by name; each returns its value. */
function fake(functions: Readonly<Record<string, unknown>>, calls: string[] = []): Library {
  const find = (prototype: string): Foreign | undefined => {
    const name = /(\w+)\(/.exec(prototype)?.[1] ?? "";
    if (!(name in functions)) return undefined;
    return (...values) => {
      calls.push(
        `${prototype.includes("int64_t m") ? "wide " : ""}${name}(${values.map((v) => (typeof v === "object" ? "…" : v)).join(",")})`,
      );
      return functions[name];
    };
  };
  return {
    find,
    text: (name) => find(`const char *${name}()`)?.() as string | undefined,
    filled: (name) => find(`void ${name}(void *buffer, int length)`)?.(new Uint8Array(1)) as string | undefined,
    setter: (name) => {
      const set = find(`void ${name}(int value)`);
      return set && ((value) => void set(value));
    },
  };
}

const products = { cblas_sgemm: 0, cblas_dgemm: 0 };
const openBlas = {
  ...products,
  openblas_get_config: "OpenBLAS 0.3.21 DYNAMIC_ARCH Haswell",
  openblas_get_corename: "Haswell",
};

/** A system that has these files; it notes which were asked for. */
function systemWith(files: Readonly<Record<string, Library>>): Opener & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    address: () => 0,
    koffi: "",
    open(file) {
      asked.push(file);
      const library = files[file];
      if (!library) throw new Error(`${file}: cannot open shared object file`);
      return library;
    },
  };
}

const found = (opener: Opener, platform: string, named?: string): Promise<Blas> =>
  findBlas(opener, platform, named, async (blas) => blas);

describe("what is looked for", () => {
  test("on Linux: sonames, never a development link; OpenBLAS before MKL before BLIS", async () => {
    const system = systemWith({ "libblis.so.4": fake({ ...products, bli_info_get_version_str: "0.9.0" }) });
    const blas = await found(system, "linux");
    expect(blas.known).toMatchObject({ name: "BLIS", version: "0.9.0" });
    expect(system.asked.slice(0, 2)).toEqual(["libopenblas.so.0", "libopenblasp.so.0"]);
    expect(system.asked.at(-1)).toBe("libblis.so.4");
    expect(fileNames.linux).not.toContain("libopenblas.so");
  });

  test("on macOS: Accelerate, by its path", async () => {
    const [path] = fileNames.darwin as readonly [string];
    const blas = await found(systemWith({ [path]: fake(products) }), "darwin");
    expect(blas.known).toMatchObject({ name: "Accelerate" });
    expect(blas.known?.setThreads).toBeUndefined();
  });

  test("on Windows: an OpenBLAS or MKL of the PATH", async () => {
    const mkl = fake({
      ...products,
      mkl_get_version_string: "Intel(R) oneAPI Math Kernel Library Version 2024.0-Product",
    });
    const blas = await found(systemWith({ "mkl_rt.2.dll": mkl }), "win32");
    expect(blas.known).toMatchObject({ name: "MKL", version: "2024.0" });
  });

  test("the one that is named, and no other", async () => {
    const system = systemWith({ "/opt/libmine.so": fake(openBlas), "libopenblas.so.0": fake(openBlas) });
    expect((await found(system, "linux", "/opt/libmine.so")).known).toMatchObject({
      name: "OpenBLAS",
      version: "0.3.21",
      kernel: "Haswell",
    });
    expect(system.asked).toEqual(["/opt/libmine.so"]);
  });
});

describe("how it is called", () => {
  const call = (blas: Blas): void => blas.sgemm([true, false], [2, 3, 4], 100, 2, 200, 3, 300, 5);

  test("by cblas's numbers: row-major 101, transposed 112, plain 111", async () => {
    const calls: string[] = [];
    call(await found(systemWith({ x: fake(openBlas, calls) }), "linux", "x"));
    expect(calls.at(-1)).toBe("cblas_sgemm(101,112,111,2,3,4,1,100,2,200,3,0,300,5)");
  });

  test("with 64 bits a number where the library counts so (ILP64), also under the suffix 64_", async () => {
    const config = { openblas_get_config: "OpenBLAS 0.3.21 USE64BITINT DYNAMIC_ARCH" };
    for (const suffix of ["", "64_"]) {
      const calls: string[] = [];
      const wide = fake({ ...config, [`cblas_sgemm${suffix}`]: 0, [`cblas_dgemm${suffix}`]: 0 }, calls);
      call(await found(systemWith({ x: wide }), "linux", "x"));
      expect(calls.at(-1)).toBe(`wide cblas_sgemm${suffix}(101,112,111,2,3,4,1,100,2,200,3,0,300,5)`);
    }
  });
});

describe("what is refused, with the reason and the way out", () => {
  test("no library: what was looked for, and the line that installs one", async () => {
    const error = found(systemWith({}), "linux");
    await expect(error).rejects.toThrow(
      /createBlas: there must be a fast BLAS\. Looked at libopenblas\.so\.0, .*libblas\.so\.3: not found/,
    );
    await expect(error).rejects.toThrow(/sudo apt-get install libopenblas0-pthread/);
    await expect(found(systemWith({}), "aix")).rejects.toThrow(/dlcc knows no name of one on aix.*library/);
  });

  test("a library without cblas", async () => {
    await expect(found(systemWith({ "libm.so.6": fake({ sin: 0 }) }), "linux", "libm.so.6")).rejects.toThrow(
      /libm\.so\.6 has no cblas_sgemm and cblas_dgemm/,
    );
  });

  test("a library that computes wrongly: here its product does nothing", async () => {
    const system = systemWith({ "libopenblas.so.0": fake(openBlas) });
    const made = findBlas(system, "linux", undefined, (blas) => backendOn(blas, 1, system));
    await expect(made).rejects.toThrow(/libopenblas\.so\.0 computes wrongly: the product float32 33×65 × 65×47/);
  });

  test("options out of range", async () => {
    await expect(createBlas({ threads: 0 })).rejects.toThrow(
      "createBlas: threads must be a whole number from 1, got 0",
    );
    await expect(createBlas({ library: "" })).rejects.toThrow('createBlas: library must be a file name, got ""');
  });

  test("a file that is no library, by the real koffi", async () => {
    await expect(createBlas({ library: "/dev/null" })).rejects.toThrow(/\/dev\/null: not found, or not a library/);
  });

  test("an unknown library that is slower than wasm: here one that computes each product 200 times", async () => {
    const koffi = await loadKoffi();
    const slow = await real(koffi);
    if (!slow) return;
    const slowly: Blas = {
      ...slow,
      known: undefined,
      sgemm: (...values) => {
        for (let i = 0; i < 200; i++) slow.sgemm(...values);
      },
    };
    const made = findBlas({ ...koffi, open: () => fake(openBlas) }, "linux", "libslow.so", () =>
      backendOn(slowly, 1, koffi),
    );
    await expect(made).rejects.toThrow(/must be faster than wasm, but its product takes [\d.]+ times as long/);
  });
});

/** The machine's library, if it has one. */
const real = (opener: Opener): Promise<Blas | undefined> =>
  findBlas(opener, process.platform, undefined, async (blas) => blas).catch(() => undefined);

test("the fakes are like the real: cpu's product by the machine's library", async () => {
  const koffi = await loadKoffi();
  const blas = await real(koffi);
  if (!blas) return;
  const [a, b] = [randn([6, 5], { seed: 1, dtype: "float64" }), randn([5, 7], { seed: 2, dtype: "float64" })];
  const [x, y, out] = [(await a.data()) as Float64Array, (await b.data()) as Float64Array, new Float64Array(42)];
  blas.dgemm([false, false], [6, 7, 5], koffi.address(x), 5, koffi.address(y), 7, koffi.address(out), 7);
  const expected = await a
    .matmul(b)
    .to(cpu)
    .then((t) => t.data());
  for (const [i, value] of out.entries()) expect(value).toBeCloseTo(expected[i] as number, 12);
});
