/** Draws strokes as the sheet does, without a browser. */
import type { Point } from "../e2e/strokes.ts";
import type { Drawing } from "../src/messages.ts";
import { sheet } from "../src/sheet.ts";

/** The side of the picture that strokes come from. */
const side = 28;

/** Strokes that are turned, made smaller and moved, in this order. */
export interface Change {
  /** In degrees, clockwise on the sheet, around its middle. */
  readonly turn?: number;
  /** The share of height and width that is left. */
  readonly size?: number;
  /** To the right and down, in pixels of a picture of 28. */
  readonly move?: Point;
}

/** Where a change brings a point. */
function changed([x, y]: Point, { turn = 0, size = 1, move: [dx, dy] = [0, 0] }: Change): Point {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180) * size, Math.sin((turn * Math.PI) / 180) * size];
  const [u, v] = [x - side / 2, y - side / 2];
  return [side / 2 + cos * u - sin * v + dx, side / 2 + sin * u + cos * v + dy];
}

/** What a pen with a round tip leaves on the sheet: a pixel on the rim of a line is as dark as the part of it that is covered. */
export function draw(strokes: readonly (readonly Point[])[], change: Change = {}): Drawing {
  const { side: width } = sheet;
  const pixels = new Uint8Array(width * width).fill(255);
  for (const stroke of strokes) {
    const points = stroke.map((point): Point => {
      const [x, y] = changed(point, change);
      return [(x * width) / side, (y * width) / side];
    });
    for (const [i, to] of points.entries()) line(pixels, width, points[i - 1] ?? to, to);
  }
  return { pixels, width, height: width };
}

function line(pixels: Uint8Array, width: number, [ax, ay]: Point, [bx, by]: Point): void {
  const radius = sheet.pen / 2;
  const least = (a: number, b: number): number => Math.max(0, Math.floor(Math.min(a, b) - radius - 1));
  const most = (a: number, b: number): number => Math.min(width - 1, Math.ceil(Math.max(a, b) + radius + 1));
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy || 1;
  for (let row = least(ay, by); row <= most(ay, by); row++) {
    for (let column = least(ax, bx); column <= most(ax, bx); column++) {
      const [x, y] = [column + 0.5 - ax, row + 0.5 - ay];
      // The nearest place on the line.
      const t = Math.min(1, Math.max(0, (x * dx + y * dy) / squared));
      const distance = Math.sqrt((x - t * dx) ** 2 + (y - t * dy) ** 2);
      const covered = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const at = row * width + column;
      pixels[at] = Math.min(pixels[at] as number, Math.round(255 * (1 - covered)));
    }
  }
}
