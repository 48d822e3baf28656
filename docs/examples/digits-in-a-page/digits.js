/** Writes the digits as files that the page fetches: a byte for each pixel, and one for each label. */
import { mkdirSync, writeFileSync } from "node:fs";
import { embeddedDigits } from "@dlcc/experiment/node";

mkdirSync("public", { recursive: true });
for (const [part, { images, labels }] of Object.entries(embeddedDigits())) {
  writeFileSync(
    `public/${part}-images.bin`,
    Uint8Array.from(await images.data(), (value) => Math.round(value * 255)),
  );
  writeFileSync(`public/${part}-labels.bin`, Uint8Array.from(await labels.data()));
}
