/** The digits that come with the page. */
import { readIdx } from "@dlcc/data";
import { arrangeDigits, type EmbeddedDigits } from "@dlcc/experiment";
import address from "../../.generated/digits.idx.gz?url";
import { messageOf } from "./errors.ts";

/** Of a digit. */
export const pixels = 28 * 28;

/** Fetches the digits, telling how far it is. */
export async function fetchDigits(progress: (loaded: number, total: number) => void): Promise<EmbeddedDigits> {
  const failed = (why: string): Error =>
    new Error(`The digits could not be loaded: ${why}. Reload the page to try again, or drop IDX files of your own.`);
  const response = await fetch(address).catch((error: unknown) => {
    throw failed(`the site can't be reached (${messageOf(error)})`);
  });
  if (!response.ok || !response.body) throw failed(`the site answers ${response.status}`);
  // Some servers unpack gzip on the way: the length is then that of the packed file, and how much will come isn't known.
  const unpacked = response.headers.has("content-encoding");
  const total = unpacked ? 0 : Number(response.headers.get("content-length") ?? 0);
  const parts: Uint8Array[] = [];
  let loaded = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    loaded += part.value.length;
    progress(loaded, total);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const { shape, data } = await readIdx(bytes);
  const count = shape[0] ?? 0;
  const labels = new Uint8Array(count);
  const images = new Uint8Array(count * pixels);
  for (let row = 0; row < count; row++) {
    const start = row * (pixels + 1);
    labels[row] = data[start] as number;
    images.set(data.subarray(start + 1, start + 1 + pixels) as Uint8Array, row * pixels);
  }
  return arrangeDigits(images, labels);
}
