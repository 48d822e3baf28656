/**
 * A small canvas of braille characters, for points, curves and fields: each character has 2×4 dots. Plotting libraries for
 * terminals usually draw series of y over equal steps of x, but no paths in a plane.
 *
 * Colours are never needed: marks or dashes make the same distinctions.
 */
import pc from "picocolors";
import { largest } from "../largest.ts";

/** Colours a text, if the terminal has colours. */
export type Ink = (text: string) => string;

/** Inks for lines, in order: all are readable on black and on white. */
export const inks: readonly Ink[] = [String, pc.magenta, pc.red];

/** How a line is drawn. */
export interface Stroke {
  /** Default: the terminal's own colour. */
  readonly ink?: Ink;
  /** Default: no. */
  readonly dashed?: boolean;
}

/** The dots of a dash, and of the gap after it. */
const dash = 3;

/** The least and the greatest value shown. */
export type Range = readonly [least: number, most: number];

/** The labels at the left of a plot. */
const labelWidth = 8;

/** A number in a few characters. */
export const short = (value: number): string => {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e4 || size < 1e-3)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
};

/** The range of the finite numbers in a list; if they are all equal, a little around them. */
export function rangeOf(numbers: readonly number[]): Range {
  const finite = numbers.filter(Number.isFinite);
  const [least, most] = [-largest(finite.map((value) => -value)), largest(finite)];
  if (finite.length === 0) return [0, 1];
  return least < most ? [least, most] : [least - 1, most + 1];
}

/** A number that fits beside a plot. */
const beside = (value: number): string => {
  const text = short(value);
  return text.length <= labelWidth - 2 ? text : value.toExponential(0);
};

/** The range of powers of ten, from a whole one to a whole one. */
export function rangeOfPowers(powers: readonly number[]): Range {
  const [least, most] = rangeOf(powers);
  return [Math.floor(least), Math.ceil(most)];
}

/** A drawing, of `columns` characters by `rows`, of a part of the plane. */
export class Canvas {
  readonly #columns: number;
  readonly #rows: number;
  readonly #x: Range;
  readonly #y: Range;
  readonly #dots: Uint8Array;
  readonly #texts = new Map<number, string>();
  readonly #inks = new Map<number, Ink>();

  constructor(columns: number, rows: number, x: Range, y: Range) {
    this.#columns = Math.max(1, columns - labelWidth);
    this.#rows = rows;
    this.#x = x;
    this.#y = y;
    this.#dots = new Uint8Array(this.#columns * rows);
  }

  /** The place of a point, in dots from the upper left. */
  #place(x: number, y: number): readonly [number, number] {
    const [width, height] = [this.#columns * 2 - 1, this.#rows * 4 - 1];
    return [
      Math.round(((x - this.#x[0]) / (this.#x[1] - this.#x[0])) * width),
      Math.round(((this.#y[1] - y) / (this.#y[1] - this.#y[0])) * height),
    ];
  }

  #cell(column: number, row: number): number {
    const inside = column >= 0 && column < this.#columns * 2 && row >= 0 && row < this.#rows * 4;
    return inside ? (row >> 2) * this.#columns + (column >> 1) : -1;
  }

  #dot(column: number, row: number, ink: Ink = String): void {
    const cell = this.#cell(column, row);
    // Unicode numbers the dots 1 2 3 7 down the left side and 4 5 6 8 down the right.
    const bit = [0, 1, 2, 6, 3, 4, 5, 7][(column & 1) * 4 + (row & 3)] ?? 0;
    if (cell < 0) return;
    this.#dots[cell] = (this.#dots[cell] ?? 0) | (1 << bit);
    if (!this.#texts.has(cell)) this.#inks.set(cell, ink);
  }

  /** A point. Points outside are not drawn. */
  point(x: number, y: number): void {
    if (Number.isFinite(x) && Number.isFinite(y)) this.#dot(...this.#place(x, y));
  }

  /** Straight lines from point to point. */
  line(points: readonly (readonly [number, number])[], { ink = String, dashed = false }: Stroke = {}): void {
    let dots = 0;
    points.slice(1).forEach(([x, y], i) => {
      const [x0, y0] = points[i] ?? [x, y];
      if (![x, y, x0, y0].every(Number.isFinite)) return;
      const [fromColumn, fromRow] = this.#place(x0, y0);
      const [toColumn, toRow] = this.#place(x, y);
      // Only the visible part of a path that leaves the picture is drawn.
      const length = Math.max(Math.abs(toColumn - fromColumn), Math.abs(toRow - fromRow), 1);
      const pieces = Math.min(length, 10_000);
      for (let piece = 0; piece <= pieces; piece++) {
        // The last dot of a piece is the first of the next, and counts once.
        if (piece > 0) dots++;
        if (dashed && Math.floor(dots / dash) % 2 === 1) continue;
        const share = piece / pieces;
        this.#dot(
          Math.round(fromColumn + share * (toColumn - fromColumn)),
          Math.round(fromRow + share * (toRow - fromRow)),
          ink,
        );
      }
    });
  }

  /** One character over the dots. */
  text(x: number, y: number, character: string, ink: Ink = String): void {
    const cell = this.#cell(...this.#place(x, y));
    if (cell < 0) return;
    this.#texts.set(cell, character);
    this.#inks.set(cell, ink);
  }

  /** The lines, with the ranges at the left and below. */
  lines(): string[] {
    const label = (row: number): string =>
      row === 0 ? beside(this.#y[1]) : row === this.#rows - 1 ? beside(this.#y[0]) : "";
    const rows = Array.from({ length: this.#rows }, (_, row) => {
      const cells = Array.from({ length: this.#columns }, (_, column) => {
        const cell = row * this.#columns + column;
        const dots = this.#dots[cell] ?? 0;
        const character = this.#texts.get(cell) ?? (dots === 0 ? " " : String.fromCodePoint(0x2800 + dots));
        return { character, ink: (character === " " ? undefined : this.#inks.get(cell)) ?? String };
      });
      return `${label(row).padStart(labelWidth - 2)} ${pc.dim("│")}${written(cells)}`;
    });
    const [from, to] = [short(this.#x[0]), short(this.#x[1])];
    const below = `${" ".repeat(labelWidth)}${from}${to.padStart(Math.max(1, this.#columns - from.length))}`;
    return [...rows, `${" ".repeat(labelWidth - 1)}${pc.dim(`└${"─".repeat(this.#columns)}`)}`, below];
  }
}

/** Characters with their inks as a line: neighbours with the same ink are painted together. */
function written(cells: readonly { readonly character: string; readonly ink: Ink }[]): string {
  const runs: { text: string; readonly ink: Ink }[] = [];
  for (const { character, ink } of cells) {
    const run = runs.at(-1);
    if (run?.ink === ink) run.text += character;
    else runs.push({ text: character, ink });
  }
  const last = runs.at(-1);
  if (last?.ink === String) last.text = last.text.trimEnd();
  return runs.map(({ text, ink }) => ink(text)).join("");
}
