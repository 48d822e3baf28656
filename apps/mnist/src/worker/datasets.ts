/** All of MNIST, or of Fashion-MNIST, from where the site is served. Loaded when one is asked for. */
import type { EmbeddedDigits } from "@dlcc/experiment";
import type { DatasetName } from "../messages.ts";
import { digitsFromFiles } from "./files.ts";

/** The four files of either. */
const files = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

const titles: Readonly<Record<DatasetName, string>> = { mnist: "MNIST", "fashion-mnist": "Fashion-MNIST" };

/**
 * Fetches a data set.
 *
 * @param site The address of the page: the files are in `data/NAME/` beside it, compressed.
 * @throws {Error} if the site doesn't have it; the message says what to do.
 */
export async function fetchDataset(
  name: DatasetName,
  site: string,
  progress: (loaded: number, total: number) => void,
): Promise<EmbeddedDigits> {
  let [loaded, total] = [0, 0];
  const fetched = await Promise.all(
    files.map(async (file) => {
      const response = await fetch(new URL(`data/${name}/${file}.gz`, site)).catch(() => undefined);
      // Some servers answer with the page where there is no file.
      const there = response?.ok && !response.headers.get("content-type")?.startsWith("text/html");
      if (!there || !response.body) throw new Error(missing(name));
      total += Number(response.headers.get("content-length") ?? 0);
      const parts: Uint8Array<ArrayBuffer>[] = [];
      const reader = response.body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(part.value);
        loaded += part.value.length;
        progress(loaded, Math.max(loaded, total));
      }
      return { name: file, bytes: new Uint8Array(await new Blob(parts).arrayBuffer()) };
    }),
  );
  return digitsFromFiles(fetched);
}

const missing = (name: DatasetName): string =>
  `${titles[name]} is not served here: this site has no folder data/${name} with ${files.map((file) => `${file}.gz`).join(", ")}. Put it there, or drop the four files onto the page.`;
