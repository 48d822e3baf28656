/** Writes a data set in MNIST's format, a piece at a time: the embedded digits, each distorted in its own way. */
import { open } from "node:fs/promises";
import { augment, minibatches, randomRotation, randomShift, transformBatches } from "@dlcc/data";
import { embeddedDigits } from "@dlcc/experiment/node";

/** The header of an IDX file of bytes. */
function header(...shape) {
  const bytes = Buffer.alloc(4 + 4 * shape.length);
  bytes.writeUInt32BE(0x0800 + shape.length, 0);
  for (const [i, length] of shape.entries()) bytes.writeUInt32BE(length, 4 + 4 * i);
  return bytes;
}

/** Writes the training digits `copies` times, and gives the paths of images and labels and the bytes of both. */
export async function write(folder, copies) {
  const { train } = embeddedDigits();
  const count = train.labels.shape[0] * copies;
  const paths = { images: `${folder}/train-images-idx3-ubyte`, labels: `${folder}/train-labels-idx1-ubyte` };
  const images = await open(paths.images, "w");
  const labels = await open(paths.labels, "w");
  await images.write(header(count, 28, 28));
  await labels.write(header(count));
  const distort = augment([randomRotation(10), randomShift(2)]);
  for (let epoch = 0; epoch < copies; epoch++) {
    const batches = minibatches(train.images, train.labels, { size: 500, seed: 1, epoch });
    for (const batch of transformBatches(batches, distort, { seed: 2, epoch })) {
      await images.write(Uint8Array.from(await batch.x.data(), (value) => Math.round(value * 255)));
      await labels.write(Uint8Array.from(await batch.y.data()));
    }
  }
  const { size } = await images.stat();
  await images.close();
  await labels.close();
  return { ...paths, size };
}
