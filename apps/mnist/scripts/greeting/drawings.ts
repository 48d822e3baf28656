/** What a hand draws: the strokes of digits, no two alike, and what is no digit. */
import { Generator } from "@dlcc/tensor";
import type { Drawing } from "../../src/messages.ts";
import { type Point, pictureOf, type Stroke } from "../../src/strokes.ts";

/** Draws from one seeded stream. */
export class Hand {
  readonly #random: Generator;

  constructor(seed: number) {
    this.#random = new Generator(seed);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.#random.uniform();
  }

  whole(low: number, high: number): number {
    return Math.min(high, Math.floor(this.between(low, high + 1)));
  }

  /** A digit's strokes as another hand would draw them: turned, slanted, stretched, bent, and with another pen. */
  redraw(strokes: readonly Stroke[]): Drawing | undefined {
    const turn = (this.between(-20, 20) * Math.PI) / 180;
    const slant = this.between(-0.25, 0.25);
    const [wide, high] = [this.between(0.75, 1.25), this.between(0.85, 1.15)];
    const [bend, phase, waves] = [this.between(0, 0.03), this.between(0, 7), this.between(2, 5)];
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const place = ([x, y]: Point): Point => {
      const [u, v] = [(x - 0.5 + slant * (0.5 - y)) * wide, (y - 0.5) * high];
      const [a, b] = [u + bend * Math.sin(phase + waves * v * 2), v + bend * Math.cos(phase + waves * u * 2)];
      return [0.5 + cos * a - sin * b, 0.5 + sin * a + cos * b];
    };
    return pictureOf(
      strokes.map((stroke) => (this.whole(0, 1) ? smooth(stroke) : stroke).map(place)),
      this.between(2, 3.6),
    );
  }

  /** What is no digit: a scribble, a zigzag, hatching, a dot, a line that lies, a cross, a digit that was crossed out. */
  scribble(digit: readonly Stroke[]): Drawing | undefined {
    const some = (count: number): Point[] =>
      Array.from({ length: count }, () => [this.between(0, 1), this.between(0, 1)]);
    const lying = (): Point[] => {
      const y = this.between(0.2, 0.8);
      return [
        [this.between(0, 0.2), y + this.between(-0.12, 0.12)],
        [this.between(0.8, 1), y + this.between(-0.12, 0.12)],
      ];
    };
    const upright = (): Point[] => lying().map(([x, y]) => [y, x]);
    const kinds: (() => Stroke[])[] = [
      () => [smooth(some(this.whole(9, 22)))],
      () => [smooth(some(this.whole(9, 22)))],
      () => [smooth(some(this.whole(5, 9))), smooth(some(this.whole(5, 9)))],
      () => [some(this.whole(8, 20))],
      () => Array.from({ length: this.whole(3, 7) }, () => some(2)),
      () => {
        const teeth = this.whole(6, 14);
        const zigzag = Array.from(
          { length: teeth },
          (_, i): Point => [i / (teeth - 1), (i % 2) + this.between(-0.2, 0.2)],
        );
        return [this.whole(0, 1) ? zigzag : zigzag.map(([x, y]): Point => [y, x])];
      },
      () => [
        [
          [0.5, 0.5],
          [0.5 + this.between(0, 0.01), 0.5],
        ],
      ],
      () => [lying()],
      () => [lying(), upright()],
      () => [lying(), lying()],
      () => [lying(), lying(), upright(), upright()],
      () => [
        [
          [0, 0],
          [1, this.between(0.8, 1)],
        ],
        [
          [1, this.between(0, 0.2)],
          [0, 1],
        ],
      ],
      () => [...digit, ...Array.from({ length: this.whole(2, 4) }, () => some(2))],
      () => [...digit, smooth(some(this.whole(5, 9)))],
    ];
    return pictureOf(kinds[this.whole(0, kinds.length - 1)]?.() ?? [], this.between(1.8, 4));
  }
}

/** The points between, on a curve through all of them (Catmull and Rom, 1974). */
function smooth(stroke: Stroke, parts = 2): Point[] {
  const at = (i: number): Point => stroke[Math.min(stroke.length - 1, Math.max(0, i))] ?? [0, 0];
  return stroke.flatMap((to, i) =>
    Array.from({ length: i === stroke.length - 1 ? 1 : parts }, (_, part): Point => {
      const t = part / parts;
      const of = (axis: 0 | 1): number => {
        const [a, b, c, d] = [at(i - 1)[axis], to[axis], at(i + 1)[axis], at(i + 2)[axis]];
        return b + (t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))) / 2;
      };
      return [of(0), of(1)];
    }),
  );
}
