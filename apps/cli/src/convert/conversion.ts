/** Conversions of files: the two ends of their names say which one is meant. */
import type { OutputKind } from "@dlcc/experiment";

/** What a model's file says and another's doesn't. */
export interface ConvertOptions {
  /** The names of the outputs. */
  readonly classes?: readonly string[];
  /** The values of no ink and full ink. */
  readonly range?: readonly [number, number];
  readonly outputs?: OutputKind;
}

/** A file that was written. */
export interface Converted {
  /** What is in it, in a few words each. */
  readonly facts: Readonly<Record<string, string>>;
}

/** From one kind of file to another. */
export interface Conversion {
  /** How the name of the one file ends. */
  readonly from: string;
  /** How that of the other ends. */
  readonly to: string;
  /** What becomes of what. */
  readonly about: string;
  /** @throws {FileError} if one can't be read, or the other written. */
  readonly convert: (from: string, to: string, options: ConvertOptions) => Promise<Converted>;
}
