import { tensor } from "@dlcc/tensor";

const bytesOf = async (file) => new Uint8Array(await (await fetch(file)).arrayBuffer());

/** Images, `[n, 784]` of 0 to 1, and their labels, `[n]`. */
export async function load(part) {
  const [pixels, labels] = await Promise.all([bytesOf(`${part}-images.bin`), bytesOf(`${part}-labels.bin`)]);
  return {
    images: tensor(
      Float32Array.from(pixels, (value) => value / 255),
      { shape: [labels.length, 784] },
    ),
    labels: tensor(Int32Array.from(labels)),
  };
}
