import { ArgumentError, type CreateOptions, type Tensor, tensor } from "@dlcc/tensor";
import { field } from "./digit/place.ts";
import type { GrayImage } from "./digit/view.ts";
import { digitsOf } from "./find-digits.ts";

/**
 * Prepares a picture of one digit as MNIST's were: found on its paper (lighter or darker), without shadows, lines, frames
 * and specks, cropped, scaled to fit 20×20, and placed in 28×28 by its centre of mass, light on black.
 *
 * @param image Any size. Of a coloured image, take the luminance: `0.299 r + 0.587 g + 0.114 b`. If there are more digits,
 *   the largest is taken; `findDigits` finds all.
 * @returns `float32 [1, 784]` in 0..1; the brightest pixel is 1.
 * @throws {ArgumentError} if the pixels do not fill the size, are outside their range, or show no digit.
 * @example
 * ```ts
 * import { prepareDigit } from "@dlcc/data";
 * import { min, slice } from "@dlcc/tensor";
 *
 * const pixels = new Uint8Array(50 * 40).fill(255); // white paper, 50 wide and 40 high
 * for (let row = 5; row < 35; row++) pixels.fill(0, row * 50 + 10, row * 50 + 16); // a black stroke: a 1
 * const x = prepareDigit({ pixels, width: 50, height: 40 });
 * console.log(x.shape); // → [ 1, 784 ]
 * const stroke = slice(x.reshape([28, 28]), [4, 24], [12, 16]); // 20 high and, as 6 is to 30, 4 wide
 * console.log(await min(stroke).item(), await x.sum().item()); // → 1 80
 * ```
 */
export function prepareDigit(image: GrayImage, options: Pick<CreateOptions, "backend"> = {}): Tensor {
  const [found] = digitsOf("prepareDigit", image, 1);
  if (!found) {
    throw new ArgumentError(
      `prepareDigit: the image must show a digit, got a blank one of ${image.width}×${image.height}: nothing on it stands out from the paper`,
    );
  }
  return tensor(found.pixels, { ...options, shape: [1, field * field] });
}
