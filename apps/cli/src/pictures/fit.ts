/** Fits a picture into the size of a network's images. */
import type { GrayImage } from "@dlcc/data";
import { type Tensor, tensor } from "@dlcc/tensor";

/** From this on the border of a picture is light: the ink is what is dark. */
const half = 0.5;

/** The mean of a picture's border. */
function borderOf({ pixels, width, height }: GrayImage): number {
  let [sum, count] = [0, 0];
  for (let row = 0; row < height; row++) {
    const step = row === 0 || row === height - 1 ? 1 : Math.max(1, width - 1);
    for (let column = 0; column < width; column += step) {
      sum += pixels[row * width + column] as number;
      count++;
    }
  }
  return sum / count;
}

/** How much of each old pixel is in each new one: new ones are means, with partly covered pixels weighted by the part. */
function shares(length: number, target: number): readonly (readonly [pixel: number, share: number])[][] {
  const stretch = length / target;
  return Array.from({ length: target }, (_, i) => {
    const [from, to] = [i * stretch, Math.min(length, (i + 1) * stretch)];
    const first = Math.floor(from);
    return Array.from({ length: Math.max(1, Math.ceil(to) - first) }, (__, j) => {
      const pixel = Math.min(length - 1, first + j);
      return [pixel, (Math.min(to, pixel + 1) - Math.max(from, pixel)) / stretch] as const;
    });
  });
}

/**
 * A picture in the size of a network's images, light on dark: its longer side is scaled to fit, and it is put in the middle. What is
 * left of the field is as dark as its border. A picture of that size stays as it is.
 *
 * @param image Shades of gray from 0 to 1.
 * @returns `float32 [1, rows · columns]`.
 */
export function fitPicture(image: GrayImage, [rows, columns]: readonly [rows: number, columns: number]): Tensor {
  const border = borderOf(image);
  const light = border >= half;
  const scale = Math.min(rows / image.height, columns / image.width);
  const [height, width] = [image.height, image.width].map((length) => Math.max(1, Math.round(length * scale))) as [
    number,
    number,
  ];
  const [down, across] = [shares(image.height, height), shares(image.width, width)];
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
  const field = new Float32Array(rows * columns).fill(light ? 1 - border : border);
  for (const [row, upper] of down.entries()) {
    for (const [column, beside] of across.entries()) {
      let value = 0;
      for (const [y, tall] of upper) {
        for (const [x, broad] of beside) value += tall * broad * (image.pixels[y * image.width + x] as number);
      }
      field[(top + row) * columns + left + column] = light ? 1 - value : value;
    }
  }
  return tensor(field, { shape: [1, rows * columns] });
}
