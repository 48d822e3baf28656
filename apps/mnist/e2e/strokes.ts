/** Turns the picture of a digit into the strokes that a pen would make: it is thinned to a line, and the line is followed. */

export type Point = readonly [x: number, y: number];

const side = 28;
/** Each pixel is cut into so many, so that lines which are near to each other stay apart, and no line has stairs. */
const fine = 3;
const wide = side * fine;
/** Ink is darker than this, and than this share of the darkest place nearby: a gap that the pen nearly filled is a gap. */
const [ink, share] = [0.3, 0.7];
/** What is nearby, in fine pixels. */
const nearby = 4;
/** A side branch that is no longer than this, in fine pixels, comes from the rim of the ink. */
const shortest = 4;

/** The eight neighbours of a fine pixel, clockwise from the one above. */
const around = [-wide, -wide + 1, 1, wide + 1, wide, wide - 1, -1, -wide - 1] as const;

const columnOf = (at: number): number => at % wide;
const rowOf = (at: number): number => Math.floor(at / wide);

/** The picture in fine pixels, interpolated bilinearly. */
function enlarged(pixels: ArrayLike<number>): Float32Array {
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= side || y >= side ? 0 : (pixels[y * side + x] ?? 0);
  return Float32Array.from({ length: wide * wide }, (_, i) => {
    const [x, y] = [(columnOf(i) + 0.5) / fine - 0.5, (rowOf(i) + 0.5) / fine - 0.5];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - left, y - top];
    const row = (below: number): number => (1 - u) * at(left, below) + u * at(left + 1, below);
    return (1 - v) * row(top) + v * row(top + 1);
  });
}

/** The largest value nearby on a row, or a column. @param step From one to the next. */
const largest = (values: Float32Array, step: number): Float32Array =>
  values.map((_, i) => {
    let found = 0;
    for (let k = -nearby; k <= nearby; k++) found = Math.max(found, values[i + k * step] ?? 0);
    return found;
  });

/** The fine pixels that are ink: those on the rim of the picture never are. */
function inkOf(pixels: ArrayLike<number>): Uint8Array {
  const values = enlarged(pixels);
  const most = largest(largest(values, 1), wide);
  return Uint8Array.from(values, (value, i) => {
    const inside = [columnOf(i), rowOf(i)].every((place) => place > 0 && place < wide - 1);
    return inside && value > ink && value > share * (most[i] ?? 0) ? 1 : 0;
  });
}

/** Zhang and Suen's thinning (1984): the outline is taken away, from two sides in turn, until a line is left. */
function thin(grid: Uint8Array): void {
  let left = [...grid.keys()].filter((at) => grid[at]);
  for (let before = 0; before !== left.length; ) {
    before = left.length;
    for (const pass of [0, 1]) {
      for (const at of left.filter((place) => isOutline(grid, place, pass))) grid[at] = 0;
      left = left.filter((at) => grid[at]);
    }
  }
}

function isOutline(grid: Uint8Array, at: number, pass: number): boolean {
  const near = around.map((step) => grid[at + step] as number);
  const [up, , right, , down, , left] = near;
  const sides =
    pass === 0 ? !(up && right && down) && !(right && down && left) : !(up && right && left) && !(up && down && left);
  if (!sides) return false;
  const count = near.reduce((a, b) => a + b);
  const begins = near.filter((here, i) => !here && near[(i + 1) % 8]).length;
  return count >= 2 && count <= 6 && begins === 1;
}

/** Lines of fine pixels: from an end, straight on where it can, until nothing is left; then from the next end. */
function linesOf(grid: Uint8Array): number[][] {
  const left = new Set([...grid.keys()].filter((at) => grid[at]));
  const followed = new Set<number>();
  const lines: number[][] = [];
  const near = (at: number): number[] => around.map((step) => at + step).filter((next) => left.has(next));
  const touched = (at: number): number[] => around.map((step) => at + step).filter((next) => followed.has(next));
  while (left.size > 0) {
    let at = [...left].sort((a, b) => near(a).length - near(b).length)[0] as number;
    const line = [at];
    // Where a line was followed before, the pen begins on it, and ends on it: no gap.
    const [begin] = touched(at);
    left.delete(at);
    for (let next = near(at); next.length > 0; next = near(at)) {
      at = next.sort((a, b) => ahead(line, b) - ahead(line, a))[0] as number;
      left.delete(at);
      line.push(at);
    }
    const [end = around.map((step) => at + step).find((next) => line.slice(0, -shortest).includes(next))] = touched(at);
    const isBranch = begin !== undefined || touched(at).length > 0;
    for (const place of line) followed.add(place);
    if (isBranch && line.length < shortest) continue;
    lines.push([begin, ...line, end].filter((place) => place !== undefined));
  }
  return lines;
}

/** How straight on a neighbour lies from the end of a line: the cosine of the angle, times a length that all share. */
function ahead(line: readonly number[], to: number): number {
  const [from, at] = [line[Math.max(0, line.length - 5)] as number, line.at(-1) as number];
  const [dx, dy] = [columnOf(at) - columnOf(from), rowOf(at) - rowOf(from)];
  const [x, y] = [columnOf(to) - columnOf(at), rowOf(to) - rowOf(at)];
  return (x * dx + y * dy) / Math.hypot(x, y);
}

/** A line as a hand moves: each point is the mean of its neighbours, two on each side, and every other one is kept. */
const smooth = (line: readonly Point[]): Point[] =>
  line
    .map((_, i): Point => {
      const reach = Math.min(2, i, line.length - 1 - i);
      const part = line.slice(i - reach, i + reach + 1);
      const mean = (axis: 0 | 1): number => part.reduce((sum, point) => sum + point[axis], 0) / part.length;
      return [mean(0), mean(1)];
    })
    .filter((_, i) => i % 2 === 0 || i === line.length - 1);

/** The strokes of a digit. @param pixels 784 numbers from 0 to 1. @returns Strokes of points from 0 to 28. */
export function strokesOf(pixels: ArrayLike<number>): Point[][] {
  const grid = inkOf(pixels);
  thin(grid);
  return linesOf(grid).map((line) =>
    smooth(line.map((at): Point => [(columnOf(at) + 0.5) / fine, (rowOf(at) + 0.5) / fine])),
  );
}
