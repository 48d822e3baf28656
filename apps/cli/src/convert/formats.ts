/** The files that `dlcc convert` reads and writes, by the ends of their names. */
import path from "node:path";
import type { Content, ConvertOptions } from "./content.ts";
import { readOnnx, writeOnnx } from "./onnx.ts";
import { readArchive, readArray, readJson, readSafetensors } from "./read.ts";
import { writeArchive, writeArray, writePage, writeSafetensors, writeScript } from "./write.ts";

/** A kind of files. */
export interface FileFormat {
  /** How its names end. */
  readonly extension: string;
  /** What it is, for people. */
  readonly about: string;
  readonly read?: (file: string, options: ConvertOptions) => Promise<Content>;
  readonly write?: (file: string, content: Content, options: ConvertOptions) => Promise<void>;
}

/** All kinds: a new one is a row. */
export const fileFormats: readonly FileFormat[] = [
  {
    extension: ".safetensors",
    about: "a model of dlcc's; weights of PyTorch and others",
    read: readSafetensors,
    write: writeSafetensors,
  },
  { extension: ".onnx", about: "a network in ONNX, of PyTorch and others", read: readOnnx, write: writeOnnx },
  { extension: ".npz", about: "arrays of NumPy's", read: readArchive, write: writeArchive },
  { extension: ".npy", about: "one array", read: readArray, write: writeArray },
  {
    extension: ".json",
    about: "a model.json of TensorFlow.js; a network of brain.js",
    read: readJson,
  },
  { extension: ".mjs", about: "one JavaScript module that runs the model", write: writeScript },
  { extension: ".html", about: "a page that runs it", write: writePage },
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
