/** Bringing the kernels to life: the text unpacked, compiled, and joined with a memory. */
import { BackendError } from "@dlcc/tensor";
import { binary } from "./binary.ts";
import type { Multiply } from "./product.ts";

type Integer = number;

/** What assembly/index.ts exports. Addresses are in bytes, strides and steps in elements; 0 is false. */
export interface Kernels {
  heapBase(): Integer;
  scratchBytes(): Integer;
  setScratch(pointer: Integer): void;
  setBoard(pointer: Integer): void;
  setFlag(pointer: Integer): void;
  open(kind: Integer, chunks: Integer): void;
  finished(patience: Integer): Integer;
  unary(...operands: Integer[]): void;
  binary(...operands: Integer[]): void;
  where(...operands: Integer[]): void;
  startTotals(op: Integer, n: Integer, totals: Integer): void;
  endTotals(n: Integer, totals: Integer, float: Integer, bytes: Integer, out: Integer): void;
  argmax(...operands: Integer[]): void;
  argsort(...operands: Integer[]): void;
  wholeProduct(...operands: Integer[]): void;
  copy(...operands: Integer[]): void;
  add(...operands: Integer[]): void;
  fill(n: Integer, value: Integer, out: Integer): void;
  slide(...operands: Integer[]): void;
  convolutionBytes(plan: Integer): Integer;
  convolutionUnits(plan: Integer): Integer;
  panelBytes(outputs: Integer, depth: Integer): Integer;
  packWeights(...operands: Integer[]): void;
  weightGradientBytes(plan: Integer): Integer;
  weightTotalsBytes(plan: Integer): Integer;
  sumBlocks(plan: Integer, out: Integer): void;
  softmaxCrossEntropy(...operands: Integer[]): void;
  softmaxCrossEntropyGradient(...operands: Integer[]): void;
}

/** Bytes of a page, in which WebAssembly counts memory. */
export const pageBytes = 65536;

/** The kernels' import of their memory: module `env`, name `memory`, kind memory; then a byte of flags. */
const memoryImport = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2];
const [sharedFlag, plainFlag] = [3, 1];

/** The kernels as bytes. They ask for a shared memory; for a plain one, one bit is different. */
export async function unpack(shared: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  if (shared) return bytes;
  const at = bytes.findIndex((_, i) => memoryImport.every((byte, j) => bytes[i + j] === byte)) + memoryImport.length;
  if (bytes[at] !== sharedFlag) throw new BackendError("wasm: the embedded kernels import no shared memory");
  bytes[at] = plainFlag;
  return bytes;
}

/** The kernels' file, for hosts that compile nothing while they run. */
const file = "@dlcc/wasm/kernels.wasm";

/** Cloudflare's workerd calls itself so. It compiles a program's files when they are deployed, and no bytes after that. */
const isWorkerd = (): boolean =>
  (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === "Cloudflare-Workers";

/** What a host must allow whose engine has refused the kernels. */
const wayOut = (): string =>
  isWorkerd()
    ? `Cloudflare's workerd compiles only files: import module from "${file}", and call createWasm({ module })`
    : `The host needs WebAssembly with 128-bit SIMD, and a page's Content-Security-Policy must allow 'wasm-unsafe-eval'; a host that compiles only files takes ${file} as the option module; the cpu backend needs none of this`;

/** Compiles the kernels for a shared or a plain memory. */
export async function compile(shared: boolean): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === "undefined") {
    throw new BackendError("wasm: WebAssembly is not available here: use the cpu backend");
  }
  try {
    return await WebAssembly.compile(await unpack(shared));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : cause;
    throw new BackendError(`wasm: the kernels could not be compiled: ${said}. ${wayOut()}`, { cause });
  }
}

/** Whether it is what the kernels' file has: it asks for a memory, and exports kernels. */
export function isKernels(module: unknown): boolean {
  if (!(module instanceof WebAssembly.Module)) return false;
  const imports = WebAssembly.Module.imports(module).map(({ module, name, kind }) => `${kind} ${module}.${name}`);
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  return imports.includes("memory env.memory") && exports.includes("setBoard" satisfies keyof Kernels);
}

/** Joins the kernels with a memory, and with a library's product, which is called only where it takes one. */
export async function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  multiply: Multiply = () => {},
): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, jobs: { multiply } });
  return exports as unknown as Kernels;
}

/**
 * A memory of one page that can grow to `pages`, or, where the host refuses to set so much aside, to a half, a quarter, …
 * With it, how large it can become, in bytes.
 */
export function createMemory(pages: number, shared: boolean): { memory: WebAssembly.Memory; limit: number } {
  for (let maximum = pages; ; maximum = Math.floor(maximum / 2)) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 1, maximum, shared }), limit: maximum * pageBytes };
    } catch (cause) {
      if (maximum <= 16) {
        throw new BackendError("wasm: the host did not allocate even a megabyte of memory: use the cpu backend", {
          cause,
        });
      }
    }
  }
}
