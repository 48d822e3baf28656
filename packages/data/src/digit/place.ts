/** Scales the ink of a digit to 20 pixels and places it in 28×28, as the makers of MNIST did. */

/** The side of MNIST's images, in pixels. */
export const field = 28;
/** The longer side of the digit in them. */
const digit = 20;
/** The place of the centre of mass. In MNIST's images it is between 13.5 and 14.5 in both directions, 14.0 on average. */
const centre = field / 2;

/** The ink on each pixel, row by row: 0 is paper. */
export interface Patch {
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
}

/** Scales the longer side to 20 and keeps the aspect ratio. */
export function resize({ values, width, height }: Patch): Patch {
  const scale = digit / Math.max(width, height);
  const [columns, rows] = [width, height].map((length) => Math.max(1, Math.round(length * scale))) as [number, number];
  const turned = average(values, height, width, columns);
  return { values: average(turned, columns, height, rows), width: columns, height: rows };
}

/**
 * Scales each row from `length` to `target` pixels and transposes the image; a second call transposes it back. A new pixel
 * is the mean of the old ones that it covers, with partly covered ones weighted by the part.
 */
function average(values: Float64Array, rows: number, length: number, target: number): Float64Array {
  const out = new Float64Array(target * rows);
  const stretch = length / target;
  for (let i = 0; i < target; i++) {
    const [from, to] = [i * stretch, Math.min(length, (i + 1) * stretch)];
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let j = Math.floor(from); j < to; j++) {
        sum += (Math.min(to, j + 1) - Math.max(from, j)) * (values[row * length + j] as number);
      }
      out[i * rows + row] = sum / stretch;
    }
  }
  return out;
}

/** Places the digit in the field with the centre of mass in the middle, but cuts nothing off. The brightest pixel becomes 1. */
export function place({ values, width, height }: Patch): Float32Array {
  let [mass, momentX, momentY, most] = [0, 0, 0, 0];
  values.forEach((ink, i) => {
    mass += ink;
    momentX += ink * (i % width);
    momentY += ink * Math.floor(i / width);
    most = Math.max(most, ink);
  });
  const start = (moment: number, length: number): number =>
    Math.min(field - length, Math.max(0, Math.ceil(centre - 0.5 - moment / mass)));
  const [left, top] = [start(momentX, width), start(momentY, height)];
  const out = new Float32Array(field * field);
  values.forEach((ink, i) => {
    out[(top + Math.floor(i / width)) * field + left + (i % width)] = ink / most;
  });
  return out;
}
