import { describe, expect, test } from "vitest";
import { bowl, descend, hillAndValley, type Surface, valley } from "../src/index.ts";

/** From straight above, and not turned: the picture is the map. */
const above = { tilt: Math.PI / 2, turn: 0 } as const;
/** From the side: up is the height. */
const beside = { tilt: 0, turn: 0 } as const;

describe("a valley", () => {
  test("from above: its rings are the level curves, x² + 4y² = 2 · height", () => {
    const { rings } = valley(bowl(4), [], { rim: 8, rings: 4, spokes: 12, ...above });
    expect(rings).toHaveLength(4);
    rings.forEach((ring, i) => {
      expect(ring).toHaveLength(12);
      for (const { right, up } of ring) expect(right ** 2 + 4 * up ** 2).toBeCloseTo(2 * 8 * ((i + 1) / 4) ** 2, 6);
    });
  });

  test("from the side: each ring is level, and the rim as high above the floor as 0.9 times its half width", () => {
    const { rings } = valley(bowl(), [], { rim: 2, rings: 2, spokes: 8, ...beside });
    // ½r² = 2: r = 2.
    for (const { up } of rings[1]!) expect(up).toBeCloseTo(0.9 * 2, 6);
    for (const { up } of rings[0]!) expect(up).toBeCloseTo((0.9 * 2) / 4, 6);
  });

  test("the ball is on the ground at each step, and rolls down", () => {
    const { path } = descend(bowl(4), { start: [3, 1], lr: 0.1, steps: 10 });
    const { ball, track } = valley(bowl(4), path, { rim: 8, ...beside });
    expect(ball).toHaveLength(11);
    expect(ball.map(({ right }) => right)).toEqual(path.map(({ place }) => expect.closeTo(place[0], 12)));
    // Width 4, so heights are multiplied by 0.9 · 4 / 8.
    expect(ball.map(({ up }) => up)).toEqual(path.map(({ value }) => expect.closeTo((value * 0.9 * 4) / 8, 6)));
    expect(ball.map(({ up }) => up)).toEqual(ball.map(({ up }) => up).toSorted((a, b) => b - a));
    expect(track[0]).toEqual(ball[0]);
    expect(track.at(-1)).toEqual(ball.at(-1));
  });

  test("a step across the valley goes through it, along the ground", () => {
    // η = 2: from one side to the other, at the same height.
    const { path } = descend(bowl(), { start: [1, 0], lr: 2, steps: 1 });
    const { ball, track } = valley(bowl(), path, { rim: 2, ...beside });
    expect(ball.map(({ up }) => up)).toEqual([expect.closeTo(0.45, 6), expect.closeTo(0.45, 6)]);
    expect(Math.min(...track.map(({ up }) => up))).toBeCloseTo(0, 12);
  });

  test("what is further away is behind: seen from the side, larger y", () => {
    const { rings } = valley(bowl(), [], { rim: 2, rings: 1, spokes: 4, ...beside });
    const [, back, , front] = rings[0]!;
    expect(back!.away).toBeGreaterThan(front!.away);
  });

  test("a turn by a quarter brings y to the left", () => {
    const { ball } = valley(bowl(), descend(bowl(), { start: [0, 1], lr: 1, steps: 0 }).path, {
      rim: 2,
      tilt: Math.PI / 2,
      turn: Math.PI / 2,
    });
    expect(ball[0]?.right).toBeCloseTo(-1, 12);
  });

  test("a ball that leaves over the rim is gone, even if it comes back", () => {
    const { path } = descend(bowl(), { start: [1, 0], lr: 2.5, steps: 5 });
    // Each step multiplies by −1.5, and the rim is at |x| = 2.
    expect(valley(bowl(), path, { rim: 2 }).ball).toHaveLength(2);
    expect(valley(bowl(), [...path, ...path], { rim: 2 }).ball).toHaveLength(2);
  });

  test("the valley of x·exp(−(x² + y²)) is seen around its floor", () => {
    const floor = [-Math.SQRT1_2, 0] as const;
    const { rings } = valley(hillAndValley, [], { floor, rim: -0.05, rings: 3, spokes: 8, ...above });
    for (const { right, up } of rings[2]!) {
      const x = right + floor[0];
      expect(x * Math.exp(-(x * x + up * up))).toBeCloseTo(-0.05, 6);
    }
  });

  test("what can't be drawn is refused", () => {
    expect(() => valley(bowl(), [], { rim: 0 })).toThrow(/rim must be above the floor's height 0, got 0/);
    const slope: Surface = (x) => x;
    expect(() => valley(slope, [], { rim: 1 })).toThrow(/must rise to the rim on each ray/);
  });
});
