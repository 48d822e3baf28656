/** Foreign functions: koffi, the package that calls a C library, behind the few calls that are needed. */
import { BackendError } from "@dlcc/tensor";

/** A C function. */
export type Foreign = (...values: readonly (number | bigint | object)[]) => unknown;

/** An opened library. */
export interface Library {
  /** The function that a C prototype declares, or undefined if the library lacks it. */
  find(prototype: string): Foreign | undefined;
  /** What a function without arguments returns as text. */
  text(name: string): string | undefined;
  /** What a function writes into a buffer of so many bytes. */
  filled(name: string, bytes: number): string | undefined;
  /** A function of one whole number. */
  setter(name: string, type: "int" | "int64_t"): ((value: number) => void) | undefined;
}

/** Opens libraries. */
export interface Opener {
  /** Opens a library by its file name; throws if there is none. */
  open(file: string): Library;
  /** Where an array's first byte is in this process. */
  address(array: ArrayBufferView): number;
  /** Where koffi is, for another thread that loads it. */
  readonly koffi: string;
}

/** The part of koffi that is used. */
interface Koffi {
  load(file: string): { func(prototype: string): Foreign };
  address(array: ArrayBufferView): bigint;
}

/**
 * Loads koffi.
 *
 * @throws {BackendError} if it is not installed, or does not run here.
 */
export async function loadKoffi(): Promise<Opener> {
  const koffi = await importKoffi();
  const { createRequire } = await import("node:module");
  return {
    koffi: createRequire(import.meta.url).resolve("koffi"),
    open: (file) => libraryOf(koffi.load(file)),
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
    throw new BackendError(
      missing
        ? "createBlas: the package koffi must be installed, as it calls the library: npm install koffi"
        : `createBlas: the package koffi must load, got: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function libraryOf(library: { func(prototype: string): Foreign }): Library {
  const find = (prototype: string): Foreign | undefined => {
    try {
      return library.func(prototype);
    } catch {
      return undefined; // The library has no such function.
    }
  };
  return {
    find,
    text(name) {
      const result = find(`const char *${name}()`)?.();
      return typeof result === "string" ? result : undefined;
    },
    filled(name, bytes) {
      const fill = find(`void ${name}(void *buffer, int length)`);
      if (!fill) return undefined;
      const buffer = new Uint8Array(bytes);
      fill(buffer, bytes);
      const end = buffer.indexOf(0);
      return new TextDecoder().decode(buffer.subarray(0, end < 0 ? bytes : end));
    },
    setter(name, type) {
      const set = find(`void ${name}(${type} value)`);
      return set && ((value) => void set(value));
    },
  };
}
