/** The picture of 28×28 that a network reads of a drawing that `pictureOf` made. */
import type { Drawing } from "../../src/messages.ts";

/** Pixels of the drawing in one of MNIST's. */
const fine = 5;
const side = 28;

/**
 * As `prepareDigit` frames it, to less than a pixel, in a hundredth of the time: the paper is white, and the drawing is known to be
 * as large as a digit must be, so there is nothing to look for.
 */
export function frame({ pixels, width, height }: Drawing): Float32Array {
  const [columns, rows] = [width / fine, height / fine];
  const ink = new Float32Array(columns * rows);
  let [all, most, across, along] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let y = row * fine; y < (row + 1) * fine; y++) {
        for (let x = column * fine; x < (column + 1) * fine; x++) sum += 255 - (pixels[y * width + x] ?? 255);
      }
      ink[row * columns + column] = sum;
      all += sum;
      most = Math.max(most, sum);
      across += sum * column;
      along += sum * row;
    }
  }
  // Its centre of mass comes to the middle.
  const [right, down] = [Math.round(side / 2 - across / all), Math.round(side / 2 - along / all)];
  const framed = new Float32Array(side * side);
  for (let row = Math.max(0, -down); row < Math.min(rows, side - down); row++) {
    for (let column = Math.max(0, -right); column < Math.min(columns, side - right); column++) {
      framed[(row + down) * side + column + right] = (ink[row * columns + column] ?? 0) / most;
    }
  }
  return framed;
}
