/** Finds the machine's BLAS, and gives its two products. */
import { BackendError } from "@dlcc/tensor";
import type { Foreign, Library, Opener } from "./foreign.ts";
import { fileNames, howToInstall, type Known, recognize } from "./libraries.ts";

/** A product of row-major matrices by addresses: c = op(a) · op(b), where `op` transposes where the flag says so. */
export type Gemm = (
  transposed: readonly [a: boolean, b: boolean],
  sizes: readonly [m: number, n: number, k: number],
  a: number,
  aRow: number,
  b: number,
  bRow: number,
  c: number,
  cRow: number,
) => void;

/** A BLAS that was found. */
export interface Blas {
  /** The file name that it was opened by. */
  readonly file: string;
  /** What it is; undefined if that could not be told. */
  readonly known: Known | undefined;
  /** The product of float32. */
  readonly sgemm: Gemm;
  /** The product of float64. */
  readonly dgemm: Gemm;
  /** How another thread calls the product of float32: the file, the function's C prototype, and CBLAS's numbers. */
  readonly helpers: Readonly<Record<string, string | number>>;
}

// CBLAS's numbers for these words.
const rowMajor = 101;
const [noTranspose, transpose] = [111, 112];

/** The library's product of one type, in C. */
const prototypeOf = (name: string, real: string, integer: string): string =>
  `void ${name}(int order, int ta, int tb, ${integer} m, ${integer} n, ${integer} k, ${real} alpha, uintptr_t a, ${integer} lda, uintptr_t b, ${integer} ldb, ${real} beta, uintptr_t c, ${integer} ldc)`;

/** The library's product by its prototype. */
function gemmOf(library: Library, prototype: string): Gemm | undefined {
  const f: Foreign | undefined = library.find(prototype);
  if (!f) return undefined;
  return ([ta, tb], [m, n, k], a, aRow, b, bRow, c, cRow) => {
    f(rowMajor, ta ? transpose : noTranspose, tb ? transpose : noTranspose, m, n, k, 1, a, aRow, b, bRow, 0, c, cRow);
  };
}

/** What is said of a file that can't be opened. */
const notFound = "not found, or not a library for this process";

/** Opens one file. Returns the BLAS, or what is wrong with it. */
function tryFile(opener: Opener, file: string): Blas | string {
  let library: Library;
  try {
    library = opener.open(file);
  } catch {
    return notFound;
  }
  const known = recognize(library, file);
  // Some libraries that count with 64 bits say so in the names of their functions.
  for (const suffix of known?.wide ? ["64_", ""] : [""]) {
    const integer = known?.wide ? "int64_t" : "int";
    const prototype = prototypeOf(`cblas_sgemm${suffix}`, "float", integer);
    const sgemm = gemmOf(library, prototype);
    const dgemm = gemmOf(library, prototypeOf(`cblas_dgemm${suffix}`, "double", integer));
    const helpers = { file, prototype, rowMajor, plain: noTranspose, transposed: transpose };
    if (sgemm && dgemm) return { file, known, sgemm, dgemm, helpers };
  }
  return "has no cblas_sgemm and cblas_dgemm";
}

/**
 * Finds a BLAS: the one that is named, or the first that this platform has and that is accepted. `accept` makes something
 * of it, or says what is wrong with it.
 *
 * @throws {BackendError} if there is none, with what was looked for and how to get one.
 */
export async function findBlas<T extends object>(
  opener: Opener,
  platform: string,
  named: string | undefined,
  accept: (blas: Blas) => Promise<T | string>,
): Promise<T> {
  const missing: string[] = [];
  const refused: string[] = [];
  for (const file of named === undefined ? (fileNames[platform] ?? []) : [named]) {
    const found = tryFile(opener, file);
    const accepted = typeof found === "string" ? found : await accept(found);
    if (typeof accepted !== "string") return accepted;
    if (accepted === notFound) missing.push(file);
    else refused.push(`${file} ${accepted}`);
  }
  if (missing.length > 0) refused.push(`${missing.join(", ")}: ${notFound}`);
  const looked = refused.length > 0 ? `Looked at ${refused.join("; ")}` : `dlcc knows no name of one on ${platform}`;
  const install = howToInstall[platform];
  const ways = [
    install && `To get one: ${install}`,
    "To name one: createBlas({ library: … })",
    "Or use the wasm backend",
  ];
  throw new BackendError(`createBlas: there must be a fast BLAS. ${looked}. ${ways.filter(Boolean).join(". ")}`);
}
