/**
 * Windows that slide over planes of images: pooling, `unfold`, `fold`. A thread makes one output, and adds up what belongs to
 * it in a fixed order.
 */
import { type Element, type Kernel, kernel } from "./kernel.ts";

/** The numbers of a window and of its plane, in this order. */
export const windowParams =
  "i32 height width rows columns kernelY kernelX strideY strideX paddingY paddingX dilationY dilationX";

/** What an index inside `x0`, a row of planes, is made of. */
const pixel = "let x = at % p.width; let y = (at / p.width) % p.height; let plane = at / (p.width * p.height);";
const position =
  "let column = at % p.columns; let row = (at / p.columns) % p.rows; let plane = at / (p.columns * p.rows);";

/** Statements for each tap of the window at `row`, `column` that is inside: its place is `source`. */
const eachTap = (statements: string): string => `
  for (var ky = 0; ky < p.kernelY; ky++) {
    let ty = row * p.strideY - p.paddingY + ky * p.dilationY;
    if (ty < 0 || ty >= p.height) { continue; }
    for (var kx = 0; kx < p.kernelX; kx++) {
      let tx = column * p.strideX - p.paddingX + kx * p.dilationX;
      if (tx < 0 || tx >= p.width) { continue; }
      let source = (plane * p.height + ty) * p.width + tx;
      ${statements}
    }
  }`;

/** Statements for each window that has the pixel `y`, `x`: its place among the windows is `source`, the tap that falls on the pixel `ky`, `kx`. */
const eachWindow = (statements: string): string => `
  for (var ky = 0; ky < p.kernelY; ky++) {
    let dy = y + p.paddingY - ky * p.dilationY;
    if (dy < 0 || dy % p.strideY != 0 || dy / p.strideY >= p.rows) { continue; }
    for (var kx = 0; kx < p.kernelX; kx++) {
      let dx = x + p.paddingX - kx * p.dilationX;
      if (dx < 0 || dx % p.strideX != 0 || dx / p.strideX >= p.columns) { continue; }
      let row = dy / p.strideY; let column = dx / p.strideX;
      let source = (plane * p.rows + row) * p.columns + column;
      ${statements}
    }
  }`;

const simple = (name: string, inputs: readonly string[], output: string, body: string, declarations = ""): Kernel =>
  kernel(name, output, () => ({
    inputs,
    outputs: [output],
    params: [windowParams],
    declarations,
    body: `let at = i32(i); ${body}`,
  }));

/** `[n, c, h, w] → [n, c · taps, positions]`; a plane of `x0` is an image's channel. */
export const unfold = (): Kernel =>
  simple(
    "unfold",
    ["u32"],
    "u32",
    `${position} let taps = p.kernelY * p.kernelX;
     let ky = (plane % taps) / p.kernelX; let kx = plane % p.kernelX;
     let y = row * p.strideY - p.paddingY + ky * p.dilationY; let x = column * p.strideX - p.paddingX + kx * p.dilationX;
     if (y >= 0 && y < p.height && x >= 0 && x < p.width) { y0[i] = x0[(plane / taps * p.height + y) * p.width + x]; }
     else { y0[i] = 0u; }`,
  );

/** `[n, c · taps, positions] → [n, c, h, w]` */
export const fold = (element: Element): Kernel =>
  simple(
    "fold",
    [element],
    element,
    `${pixel} var r = ${element}(0);
     ${eachWindow("r += x0[(((plane * p.kernelY + ky) * p.kernelX + kx) * p.rows + row) * p.columns + column];")}
     y0[i] = r;`,
  );

/** The place of the first largest element of a window; NaN counts as the largest. */
const largestAt = `fn largestAt(plane: i32, row: i32, column: i32) -> i32 {
  var best = -1; var largest = p.nan;
  ${eachTap(`let v = x0[source];
      if (best < 0 || v > largest || (isNan(v) && !isNan(largest))) { largest = v; best = source; }`)}
  return best;
}`;

/** The largest element in each window. */
export const maxPool = (): Kernel =>
  simple("maxPool2d", ["f32"], "f32", `${position} y0[i] = x0[largestAt(plane, row, column)];`, largestAt);

/** What `maxPool` passes back: `x0` the images, `x1` the gradient. */
export const maxPoolGradient = (): Kernel =>
  simple(
    "maxPool2dGradient",
    ["f32", "f32"],
    "f32",
    `${pixel} var r = 0.0; ${eachWindow("if (largestAt(plane, row, column) == at) { r += x1[source]; }")} y0[i] = r;`,
    largestAt,
  );

/** The mean of each window; what lies outside counts as 0. */
export const averagePool = (): Kernel =>
  simple(
    "avgPool2d",
    ["f32"],
    "f32",
    `${position} var r = 0.0; ${eachTap("r += x0[source];")} y0[i] = r / f32(p.kernelY * p.kernelX);`,
  );

/** What `averagePool` passes back. */
export const averagePoolGradient = (): Kernel =>
  simple(
    "avgPool2dGradient",
    ["f32"],
    "f32",
    `${pixel} var r = 0.0; ${eachWindow("r += x0[source];")} y0[i] = r / f32(p.kernelY * p.kernelX);`,
  );
