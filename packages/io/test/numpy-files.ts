/** The files that fixtures/numpy-files.py had NumPy write. */
import { readFileSync } from "node:fs";

interface Written {
  readonly shape: readonly number[];
  readonly values: readonly (number | boolean | string)[];
}

interface NumpyFiles {
  readonly cases: readonly (Written & { readonly name: string; readonly file: string })[];
  readonly refused: Readonly<Record<string, string>>;
  readonly written: Readonly<Record<string, Written & { readonly dtype: string; readonly file: string }>>;
  readonly archives: {
    readonly arrays: Readonly<Record<string, Written>>;
    readonly stored: string;
    readonly deflated: string;
    readonly unnamed: string;
  };
}

export const numpy = JSON.parse(readFileSync(new URL("./fixtures/numpy.json", import.meta.url), "utf8")) as NumpyFiles;

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

/** The numbers of a fixture: some are words, as JSON lacks them. */
export const numbersOf = ({ values }: Written): number[] =>
  values.map((value) => (typeof value === "string" ? Number(value.replace("inf", "Infinity")) : Number(value)));
