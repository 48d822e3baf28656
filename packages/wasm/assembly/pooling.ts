/**
 * Pooling. A job's units are planes, one for each channel of each image. The window of most networks, 2 × 2 in steps of 2, has
 * code of its own: four windows at a time. Any other window goes tap by tap.
 */
import * as code from "../src/codes";

/** The job's arguments, after the number of planes. As in src/pooling.ts. */
let height: i32 = 0, width: i32 = 0, rows: i32 = 0, columns: i32 = 0;
let kernelHeight: i32 = 0, kernelWidth: i32 = 0, strideY: i32 = 0, strideX: i32 = 0;
let paddingY: i32 = 0, paddingX: i32 = 0, dilationY: i32 = 0, dilationX: i32 = 0;
let x: usize = 0, y: usize = 0, gradient: usize = 0, out: usize = 0;

function at(pointer: usize, i: i32): usize {
  return pointer + (<usize>i << 2);
}

function read(list: usize): void {
  height = load<i32>(list, 4);
  width = load<i32>(list, 8);
  rows = load<i32>(list, 12);
  columns = load<i32>(list, 16);
  kernelHeight = load<i32>(list, 20);
  kernelWidth = load<i32>(list, 24);
  strideY = load<i32>(list, 28);
  strideX = load<i32>(list, 32);
  paddingY = load<i32>(list, 36);
  paddingX = load<i32>(list, 40);
  dilationY = load<i32>(list, 44);
  dilationX = load<i32>(list, 48);
  x = load<i32>(list, 52);
  y = load<i32>(list, 56);
  gradient = load<i32>(list, 60);
  out = load<i32>(list, 64);
}

/** Whether windows are 2 × 2 in steps of 2, with four or more beside each other. */
function inPairs(): bool {
  return (
    kernelHeight == 2 && kernelWidth == 2 && strideY == 2 && strideX == 2 &&
    (paddingY | paddingX) == 0 && dilationY == 1 && dilationX == 1 && columns >= 4
  );
}

/** Where the taps begin that fall inside, from where the window begins. */
function inside(start: i32, dilation: i32): i32 {
  return start >= 0 ? start : start + ((dilation - 1 - start) / dilation) * dilation;
}

/** The taps of one window, as addresses: rows from `top` to `bottom`, and in each the words from `left` to `right`. */
function ofOne(kind: i32, top: usize, bottom: usize, line: usize, left: usize, right: usize, step: usize): f32 {
  const isMax = kind == code.maxPoolJob;
  // A vector's maximum has no branch that random numbers would mislead.
  let result = f32x4.splat(isMax ? -Infinity : 0);
  for (; top < bottom; top += line) {
    for (let at = top + left, end = top + right; at < end; at += step) {
      const value = v128.load32_zero(at);
      result = isMax ? f32x4.max(result, value) : f32x4.add(result, value);
    }
  }
  return f32x4.extract_lane(result, 0);
}

/** The same of four windows beside each other, which are one or two words apart and lie inside. */
function ofFour(kind: i32, top: usize, bottom: usize, line: usize, left: usize, right: usize, step: usize): v128 {
  const isMax = kind == code.maxPoolJob, apart = strideX == 2;
  let result = f32x4.splat(isMax ? -Infinity : 0);
  for (; top < bottom; top += line) {
    for (let at = top + left, end = top + right; at < end; at += step) {
      // Of eight words the last is not read: it may lie beyond the images.
      let value = v128.load(at);
      if (apart) value = v128.shuffle<u32>(value, v128.load(at, 12), 0, 2, 5, 7);
      result = isMax ? f32x4.max(result, value) : f32x4.add(result, value);
    }
  }
  return result;
}

/** Even or odd places of eight words. */
function evens(low: v128, high: v128): v128 { return v128.shuffle<u32>(low, high, 0, 2, 4, 6); }
function odds(low: v128, high: v128): v128 { return v128.shuffle<u32>(low, high, 1, 3, 5, 7); }

/** Stores eight words, of which these are the even and the odd places. */
function storePairs(to: usize, even: v128, odd: v128): void {
  v128.store(to, v128.shuffle<u32>(even, odd, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<u32>(even, odd, 2, 6, 3, 7), 16);
}

/** The column at which the vector of windows after `column` begins: the last one overlaps the one before it. */
function next(column: i32): i32 {
  const step = column + 4;
  return step < columns && step + 4 > columns ? columns - 4 : step;
}

function forwards(kind: i32, plane: usize, to: usize): void {
  const line = <usize>width << 2;
  if (inPairs()) {
    const quarter = f32x4.splat(0.25);
    for (let row = 0; row < rows; row++, to += <usize>columns << 2) {
      for (let column = 0; column < columns; column = next(column)) {
        const above = at(plane, 2 * (row * width + column));
        const a = v128.load(above), b = v128.load(above, 16);
        const c = v128.load(above + line), d = v128.load(above + line, 16);
        if (kind == code.maxPoolJob) {
          const upper = f32x4.max(evens(a, b), odds(a, b));
          v128.store(at(to, column), f32x4.max(upper, f32x4.max(evens(c, d), odds(c, d))));
        } else {
          const upper = f32x4.add(evens(a, b), odds(a, b));
          const lower = f32x4.add(evens(c, d), odds(c, d));
          v128.store(at(to, column), f32x4.mul(f32x4.add(upper, lower), quarter));
        }
      }
    }
    return;
  }
  const taps = <f32>(kernelHeight * kernelWidth), step = <usize>dilationX << 2;
  for (let row = 0; row < rows; row++) {
    const startY = row * strideY - paddingY;
    const top = plane + inside(startY, dilationY) * line;
    const bottom = plane + min(height, startY + kernelHeight * dilationY) * line;
    // Columns at which all taps of a row fall inside.
    const firstInside = (paddingX + strideX - 1) / strideX;
    const reach = width + paddingX - (kernelWidth - 1) * dilationX - 1;
    const endInside = strideX > 2 || reach < 0 ? 0 : reach / strideX + 1;
    for (let column = 0; column < columns; ) {
      const four = column >= firstInside && column < endInside && endInside - firstInside >= 4;
      if (four) column = min(column, endInside - 4); // The last four may overlap those before.
      const startX = column * strideX - paddingX;
      const left = <usize>inside(startX, dilationX) << 2;
      const right = <usize>min(width, startX + kernelWidth * dilationX) << 2;
      if (four) {
        const values = ofFour(kind, top, bottom, dilationY * line, left, right, step);
        v128.store(at(to, column), kind == code.maxPoolJob ? values : f32x4.div(values, f32x4.splat(taps)));
        column += 4;
      } else {
        const value = ofOne(kind, top, bottom, dilationY * line, left, right, step);
        store<f32>(at(to, column), kind == code.maxPoolJob ? value : value / taps);
        column++;
      }
    }
    to += <usize>columns << 2;
  }
}

/** Lanes of `candidates` that are the largest, where none before them was, and what they get. */
function equals(candidates: v128, best: v128): v128 {
  return v128.or(f32x4.eq(candidates, best), f32x4.ne(candidates, candidates));
}

/** To the first of the largest of each window its gradient. */
function pairsBack(plane: usize, pooled: usize, g: usize, to: usize): void {
  const line = <usize>width << 2;
  for (let row = 0; row < rows; row++, pooled += <usize>columns << 2, g += <usize>columns << 2) {
    for (let column = 0; column < columns; column = next(column)) {
      const offset = <usize>(2 * (row * width + column)) << 2;
      const above = plane + offset, target = to + offset;
      const a = v128.load(above), b = v128.load(above, 16);
      const c = v128.load(above + line), d = v128.load(above + line, 16);
      const best = v128.load(at(pooled, column)), slope = v128.load(at(g, column));
      const first = equals(evens(a, b), best);
      const second = v128.andnot(equals(odds(a, b), best), first);
      const upper = v128.or(first, second);
      const third = v128.andnot(equals(evens(c, d), best), upper);
      const fourth = v128.not(v128.or(upper, third));
      storePairs(target, v128.and(first, slope), v128.and(second, slope));
      storePairs(target + line, v128.and(third, slope), v128.and(fourth, slope));
    }
  }
}

/** To each of four a quarter of the gradient. */
function quartersBack(g: usize, to: usize): void {
  const line = <usize>width << 2;
  for (let row = 0; row < rows; row++, g += <usize>columns << 2) {
    for (let column = 0; column < columns; column = next(column)) {
      const target = at(to, 2 * (row * width + column));
      const share = f32x4.mul(v128.load(at(g, column)), f32x4.splat(0.25));
      storePairs(target, share, share);
      storePairs(target + line, share, share);
    }
  }
}

/** How far from `top` the first of the taps is that is the best, or NaN. Looked for from behind, so without a branch. */
function firstBest(top: usize, rowsUp: i32, line: usize, left: usize, taps: i32, step: usize, best: f32): usize {
  let found = left;
  for (let row = rowsUp - 1; row >= 0; row--) {
    let offset = row * line + left + (taps - 1) * step;
    for (let tap = 0; tap < taps; tap++, offset -= step) {
      const value = load<f32>(top + offset);
      const hit = <usize>(i32(value == best) | i32(value != value));
      found ^= (found ^ offset) & (0 - hit);
    }
  }
  return found;
}

function spread(top: usize, bottom: usize, line: usize, left: usize, right: usize, step: usize, share: f32): void {
  for (; top < bottom; top += line) {
    for (let at = top + left, end = top + right; at < end; at += step) store<f32>(at, load<f32>(at) + share);
  }
}

function backwards(kind: i32, plane: usize, pooled: usize, g: usize, to: usize): void {
  // Pairs write all that they cover.
  if (!inPairs() || ((height | width) & 1)) memory.fill(to, 0, (height * width) << 2);
  if (inPairs()) {
    if (kind == code.maxPoolGradientJob) pairsBack(plane, pooled, g, to);
    else quartersBack(g, to);
    return;
  }
  const taps = <f32>(kernelHeight * kernelWidth), step = <usize>dilationX << 2, line = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    const startY = row * strideY - paddingY;
    const top = <usize>inside(startY, dilationY) * line;
    const bottom = <usize>min(height, startY + kernelHeight * dilationY) * line;
    const tapsDown = <i32>((bottom - top + dilationY * line - 1) / (dilationY * line));
    for (let column = 0, startX = -paddingX; column < columns; column++, startX += strideX, pooled += 4, g += 4) {
      const left = <usize>inside(startX, dilationX) << 2;
      const right = <usize>min(width, startX + kernelWidth * dilationX) << 2;
      if (kind == code.maxPoolGradientJob) {
        // Divisions are slow: at most windows all taps are inside.
        const whole = startX >= 0 && startX + kernelWidth * dilationX <= width;
        const tapsAcross = whole ? kernelWidth : <i32>((right - left + step - 1) / step);
        const best = load<f32>(pooled);
        const target = to + top + firstBest(plane + top, tapsDown, dilationY * line, left, tapsAcross, step, best);
        store<f32>(target, load<f32>(target) + load<f32>(g));
      } else spread(to + top, to + bottom, dilationY * line, left, right, step, load<f32>(g) / taps);
    }
  }
}

/** The planes from `start` to `end` of a job whose arguments stand in a list. */
export function pool(kind: i32, list: usize, start: i32, end: i32): void {
  read(list);
  const image = <usize>(height * width) << 2, positions = <usize>(rows * columns) << 2;
  for (let plane = <usize>start; plane < <usize>end; plane++) {
    if (kind == code.maxPoolJob || kind == code.avgPoolJob) forwards(kind, x + plane * image, out + plane * positions);
    else backwards(kind, x + plane * image, y + plane * positions, gradient + plane * positions, out + plane * image);
  }
}
