/** Kernels that the host has compiled, for hosts that compile nothing while they run. */
import { tensor } from "@dlcc/tensor";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createWasm } from "../src/index.ts";
import { unpack } from "../src/module.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** What the file kernels.wasm has, compiled. */
const kernels = async (): Promise<WebAssembly.Module> => WebAssembly.compile(await unpack(false));

/** As workerd and V8 of a page with a strict policy say it. */
const refuse = (): void => {
  const error = new WebAssembly.CompileError("WebAssembly.compile(): Wasm code generation disallowed by embedder");
  vi.spyOn(WebAssembly, "compile").mockRejectedValue(error);
};

describe("a module that is handed in", () => {
  test.each([undefined, 1])("is taken where nothing can be compiled, with threads: %s", async (threads) => {
    const module = await kernels();
    refuse();
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers", hardwareConcurrency: 1 });
    const backend = await createWasm({ module, ...(threads !== undefined && { threads }) });
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { backend },
    );
    expect(await x.matmul(x).array()).toEqual([
      [7, 10],
      [15, 22],
    ]);
    expect(backend.info).toEqual({ threads: 1 });
  });

  test("has one thread, and says so if more were asked for", async () => {
    const backend = await createWasm({ module: await kernels(), threads: 2 });
    expect(backend.info).toEqual({ threads: 1, note: "a module that was handed in has one thread" });
  });

  test("must be the kernels", async () => {
    const empty = await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    for (const module of [empty, {}, null] as WebAssembly.Module[]) {
      await expect(createWasm({ module })).rejects.toThrow("createWasm: module must be the WebAssembly.Module of");
    }
  });
});

describe("where WebAssembly can't be compiled, the error has the way out", () => {
  test("on workerd, the file", async () => {
    refuse();
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers", hardwareConcurrency: 1 });
    const error = await createWasm().catch((reason: Error) => reason.message);
    expect(error).toContain('import module from "@dlcc/wasm/kernels.wasm", and call createWasm({ module })');
    expect(error).not.toContain("Policy");
  });

  test("elsewhere, the page's policy, too", async () => {
    refuse();
    await expect(createWasm({ threads: 1 })).rejects.toThrow(/'wasm-unsafe-eval'.*kernels\.wasm/);
  });
});
