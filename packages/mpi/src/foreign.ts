/** Foreign functions: koffi, the package that calls a C library, behind the few calls that are needed. */
import { MpiError } from "./error.ts";

/** A C function of numbers. Addresses are numbers, too. */
export type Foreign = (...values: readonly number[]) => number;

/** An opened library. */
export interface Library {
  /** The function that a C prototype declares, or undefined if the library lacks it. */
  find(prototype: string): Foreign | undefined;
  /** Where a symbol is, or undefined if the library lacks it. */
  address(symbol: string): number | undefined;
}

/** Opens libraries. */
export interface Opener {
  /** Opens a library by its file name; throws if there is none. */
  open(file: string): Library;
  /** Where an array's first byte is in this process. */
  address(array: ArrayBufferView): number;
}

/** The part of koffi that is used. */
interface Koffi {
  load(
    file: string,
    options: { readonly global: boolean },
  ): { func(prototype: string): Foreign; symbol(name: string): bigint };
  address(array: ArrayBufferView): bigint;
}

/**
 * Loads koffi.
 *
 * @throws {MpiError} if it is not installed, or does not run here.
 */
export async function loadKoffi(): Promise<Opener> {
  const koffi = await importKoffi();
  return {
    // Its symbols are for all: the plug-ins that an MPI library loads look for them there.
    open: (file) => libraryOf(koffi.load(file, { global: true })),
    address: (array) => Number(koffi.address(array)),
  };
}

async function importKoffi(): Promise<Koffi> {
  try {
    const { default: koffi } = await import("koffi");
    return koffi as unknown as Koffi;
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    throw new MpiError(
      missing
        ? "createWorld: the package koffi must be installed, as it calls the library: npm install koffi"
        : `createWorld: the package koffi must load, got: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** What the library lacks is undefined. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

const libraryOf = (library: ReturnType<Koffi["load"]>): Library => ({
  find: (prototype) => attempt(() => library.func(prototype)),
  address: (symbol) => attempt(() => Number(library.symbol(symbol))),
});
