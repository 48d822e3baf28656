/** Adaptive pooling as a matrix: each row of it takes the mean of one part of an axis. */

/** The means of `count` parts of an axis, `[count, length]`, row by row; the parts are those of `adaptiveAvgPool2d`. */
export function partsMatrix(length: number, count: number): number[] {
  const matrix = new Array<number>(count * length).fill(0);
  for (let row = 0; row < count; row++) {
    const [start, end] = [Math.floor((row * length) / count), Math.ceil(((row + 1) * length) / count)];
    matrix.fill(1 / (end - start), row * length + start, row * length + end);
  }
  return matrix;
}
