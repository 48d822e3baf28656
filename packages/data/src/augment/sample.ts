import type { Pixels } from "./distortion.ts";

/**
 * An image at other places, interpolated linearly between the four pixels around each; outside is background.
 *
 * @param from One channel, row by row.
 * @param to As many pixels as there are places.
 * @param xs The columns of the places, from 0.
 * @param ys Their rows.
 */
export function sample(
  from: Pixels,
  to: Pixels,
  xs: Float64Array,
  ys: Float64Array,
  height: number,
  width: number,
  background: number,
): void {
  const at = (row: number, column: number): number =>
    row < 0 || row >= height || column < 0 || column >= width ? background : (from[row * width + column] as number);
  for (let i = 0; i < to.length; i++) {
    const [x, y] = [xs[i] as number, ys[i] as number];
    // Nothing of the image reaches that far.
    if (!(x > -1 && x < width && y > -1 && y < height)) {
      to[i] = background;
      continue;
    }
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [right, down] = [x - column, y - row];
    if (column >= 0 && row >= 0 && column < width - 1 && row < height - 1) {
      const p = row * width + column;
      const above = (1 - right) * (from[p] as number) + right * (from[p + 1] as number);
      const below = (1 - right) * (from[p + width] as number) + right * (from[p + width + 1] as number);
      to[i] = (1 - down) * above + down * below;
    } else {
      const above = (1 - right) * at(row, column) + right * at(row, column + 1);
      const below = (1 - right) * at(row + 1, column) + right * at(row + 1, column + 1);
      to[i] = (1 - down) * above + down * below;
    }
  }
}
