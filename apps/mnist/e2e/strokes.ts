/** Turns the picture of a digit into the strokes that a pen would make: it is thinned to a line, and the line is followed. */

export type Point = readonly [x: number, y: number];

const side = 28;
/** From here on a pixel is ink. */
const ink = 0.4;

/** The eight neighbours, clockwise from the one above. */
const around: readonly Point[] = [
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
];

type Grid = boolean[][];

const isInk = (grid: Grid, x: number, y: number): boolean => grid[y]?.[x] ?? false;
const neighbours = (grid: Grid, x: number, y: number): boolean[] =>
  around.map(([dx, dy]) => isInk(grid, x + dx, y + dy));

/** Zhang and Suen's thinning (1984): the outline is taken away, from two sides in turn, until a line is left. */
function thin(grid: Grid): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const pass of [0, 1]) {
      const taken: Point[] = [];
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++)
          if (isInk(grid, x, y) && isOutline(neighbours(grid, x, y), pass)) taken.push([x, y]);
      }
      for (const [x, y] of taken) (grid[y] as boolean[])[x] = false;
      changed ||= taken.length > 0;
    }
  }
}

function isOutline(near: readonly boolean[], pass: number): boolean {
  const count = near.filter(Boolean).length;
  const begins = near.filter((here, i) => !here && near[(i + 1) % 8]).length;
  const [up, , right, , down, , left] = near;
  const sides =
    pass === 0 ? !(up && right && down) && !(right && down && left) : !(up && right && left) && !(up && down && left);
  return count >= 2 && count <= 6 && begins === 1 && sides;
}

/**
 * Follows the line: from an end, straight on where it can, until nothing is left; then from the next end.
 *
 * @param pixels 784 numbers from 0 to 1. @returns Strokes of points from 0 to 28.
 */
export function strokesOf(pixels: ArrayLike<number>): Point[][] {
  const grid: Grid = Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_, x) => (pixels[y * side + x] ?? 0) > ink),
  );
  thin(grid);
  const strokes: Point[][] = [];
  const left = new Set(grid.flatMap((row, y) => row.flatMap((here, x) => (here ? [y * side + x] : []))));
  const near = (at: number): number[] =>
    around
      .map(([dx, dy]) => at + dx + dy * side)
      .filter((next) => left.has(next) && Math.abs((next % side) - (at % side)) <= 1);
  while (left.size > 0) {
    let at = [...left].sort((a, b) => near(a).length - near(b).length)[0] as number;
    const stroke = [at];
    // Where a line was followed before, the pen begins on it: no gap.
    const touched = strokes
      .flat()
      .find(([x, y]) => Math.abs(x - 0.5 - (at % side)) <= 1 && Math.abs(y - 0.5 - Math.floor(at / side)) <= 1);
    left.delete(at);
    for (let next = near(at); next.length > 0; next = near(at)) {
      const turn = (to: number): number => {
        const from = stroke.at(-2);
        return from === undefined ? 0 : Math.abs(to - at - (at - from));
      };
      at = next.sort((a, b) => turn(a) - turn(b))[0] as number;
      left.delete(at);
      stroke.push(at);
    }
    const points = stroke.map((place): Point => [(place % side) + 0.5, Math.floor(place / side) + 0.5]);
    strokes.push(touched ? [touched, ...points] : points);
  }
  return strokes;
}
