/** The files that `dlcc convert` reads and writes, by the ends of their names. */
import path from "node:path";
import type { Content, ConvertOptions } from "./content.ts";

/** A kind of files. */
export interface FileFormat {
  /** How its names end. */
  readonly extension: string;
  /** What it is, for people. */
  readonly about: string;
  readonly read?: (file: string, options: ConvertOptions) => Promise<Content>;
  readonly write?: (file: string, content: Content, options: ConvertOptions) => Promise<void>;
}

type Read = NonNullable<FileFormat["read"]>;
type Write = NonNullable<FileFormat["write"]>;

// What reads and writes is loaded when it is needed: other commands start without it.
const reading =
  (pick: (all: typeof import("./read.ts")) => Read): Read =>
  async (...args) =>
    pick(await import("./read.ts"))(...args);
const writing =
  (pick: (all: typeof import("./write.ts")) => Write): Write =>
  async (...args) =>
    pick(await import("./write.ts"))(...args);

/** All kinds: a new one is a row. */
export const fileFormats: readonly FileFormat[] = [
  {
    extension: ".safetensors",
    about: "a model of dlcc's; weights of PyTorch and others",
    read: reading(({ readSafetensors }) => readSafetensors),
    write: writing(({ writeSafetensors }) => writeSafetensors),
  },
  {
    extension: ".onnx",
    about: "a network in ONNX, of PyTorch and others",
    read: async (...args) => (await import("./onnx.ts")).readOnnx(...args),
    write: async (file, content) => (await import("./onnx.ts")).writeOnnx(file, content),
  },
  {
    extension: ".npz",
    about: "arrays of NumPy's",
    read: reading(({ readArchive }) => readArchive),
    write: writing(({ writeArchive }) => writeArchive),
  },
  {
    extension: ".npy",
    about: "one array",
    read: reading(({ readArray }) => readArray),
    write: writing(({ writeArray }) => writeArray),
  },
  {
    extension: ".json",
    about: "a model.json of TensorFlow.js; a network of brain.js",
    read: reading(({ readJson }) => readJson),
  },
  {
    extension: ".mjs",
    about: "one JavaScript module that runs the model",
    write: writing(({ writeScript }) => writeScript),
  },
  { extension: ".html", about: "a page that runs it", write: writing(({ writePage }) => writePage) },
];

/** The kind of a file, which must be read or written. */
export function formatOf<K extends "read" | "write">(file: string, way: K): FileFormat & Required<Pick<FileFormat, K>> {
  const extension = path.extname(file).toLowerCase();
  const found = fileFormats.find((format) => format.extension === extension);
  if (found?.[way]) return found as FileFormat & Required<Pick<FileFormat, K>>;
  const known = fileFormats.flatMap((format) => (format[way] ? [format.extension] : []));
  throw new Error(
    `${file}: the name of a file to ${way} must end with one of ${known.join(", ")}, got ${extension === "" ? "none" : extension}`,
  );
}
