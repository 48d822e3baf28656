/** Files that were dropped or chosen: a model, digits as IDX files, or a picture of a digit. */
import type { Drawing } from "./messages.ts";
import { ask, problem } from "./state.ts";

/** The longer side of a picture, in pixels: a photograph has more than a digit needs. */
const largest = 512;

export async function take(files: readonly File[]): Promise<void> {
  problem.value = "";
  const [first] = files;
  if (!first) return;
  if (files.length === 1 && first.type.startsWith("image/")) return takePicture(first);
  const read = await Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  const [only] = read;
  if (read.length > 1 || !only || isDigits(only)) return ask({ type: "data", files: read });
  if (isModel(only)) return ask({ type: "import", ...only });
  problem.value = `${only.name} is none of the files that this page can open: a model that was saved here or by dlcc train (.safetensors), digits as IDX files, or a picture of a digit.`;
}

/** Shows a picture of a digit on the sheet of Draw. */
async function takePicture(file: File): Promise<void> {
  try {
    const drawing = await grayOf(file);
    const { setPicture } = await import("./drawing.ts");
    setPicture(drawing);
    if (!location.hash.startsWith("#/draw")) location.hash = "#/draw";
  } catch {
    problem.value = `${file.name} could not be read as a picture: the browser opens PNG, JPEG and WebP.`;
  }
}

/** The luminance of a picture. */
async function grayOf(file: File): Promise<Drawing> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, largest / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * scale))) as [
    number,
    number,
  ];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    const at = 4 * i;
    pixels[i] = Math.round(0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0));
  }
  return { pixels, width, height };
}

interface Named {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** IDX files begin with two zeros and the code of a type, and are often gzipped. A model's file begins with neither. */
function isDigits({ name, bytes }: Named): boolean {
  const [a, b, type = 0] = bytes;
  const idx = a === 0 && b === 0 && type >= 0x08 && type <= 0x0e;
  const gzip = a === 0x1f && b === 0x8b;
  return idx || gzip || /idx|ubyte/.test(name);
}

/** Safetensors begin with the length of a header, which is JSON. */
const isModel = ({ name, bytes }: Named): boolean => bytes[8] === 0x7b || /\.safetensors$/.test(name);
