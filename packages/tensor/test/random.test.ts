import { describe, expect, test } from "vitest";
import { ArgumentError, Generator, integer, normal, permutation, randn, uniform } from "../src/index.ts";
import { portableLog } from "../src/random/log.ts";
import { philox } from "../src/random/philox.ts";

const words = (hex: string): number[] => hex.split(" ").map((word) => Number.parseInt(word, 16));

describe("Philox4x32-10 gives the known answers of Random123", () => {
  test.each([
    ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ])("counter %s, key %s", (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox(words(counter), words(key), out);
    expect(Array.from(out)).toEqual(words(expected));
  });
});

describe("portableLog", () => {
  /** The distance of two neighbours at x. */
  const ulp = (x: number): number => 2 ** (Math.floor(Math.log2(Math.abs(x))) - 52);

  test("is within 2 units in the last place of Math.log, over the whole range", () => {
    const generator = new Generator(1);
    let worst = 0;
    for (let i = 0; i < 20_000; i++) {
      const x = (1 + generator.uniform()) * 2 ** (integer(generator, 2000) - 1000);
      worst = Math.max(worst, Math.abs(portableLog(x) - Math.log(x)) / ulp(Math.log(x)));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });

  test("is within 2 units in the last place between 0 and 1, where the normal sampler uses it", () => {
    const generator = new Generator(2);
    let worst = 0;
    for (let i = 0; i < 20_000; i++) {
      const x = generator.uniform();
      if (x > 0) worst = Math.max(worst, Math.abs(portableLog(x) - Math.log(x)) / ulp(Math.log(x)));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });

  test("is exact at 1, and right at the ends", () => {
    expect(portableLog(1)).toBe(0);
    expect(portableLog(Number.MIN_VALUE)).toBeCloseTo(Math.log(Number.MIN_VALUE), 10);
    expect(portableLog(Number.MAX_VALUE)).toBeCloseTo(Math.log(Number.MAX_VALUE), 10);
  });
});

describe("Generator", () => {
  test("its first bits are the known answer for key 0 and counter 0", () => {
    const generator = new Generator(0);
    expect(Array.from({ length: 4 }, () => generator.bits())).toEqual(words("6627e8d5 e169c58d bc57ac4c 9b00dbd8"));
  });

  test("uniform takes 53 bits of two words", () => {
    const [high, low] = words("6627e8d5 e169c58d") as [number, number];
    const bits = BigInt(high >>> 5) * 2n ** 26n + BigInt(low >>> 6);
    expect(new Generator(0).uniform()).toBe(Number(bits) / 2 ** 53);
  });

  test("one seed gives one sequence; other seeds and streams give others", () => {
    const draw = (seed: number, stream?: number): string => {
      const generator = new Generator(seed, stream);
      return Array.from({ length: 8 }, () => generator.bits()).join();
    };
    expect(draw(7)).toBe(draw(7, 0));
    const seeds = [draw(1), draw(2), draw(1 + 2 ** 32), draw(1, 1), draw(1, 2 ** 32), draw(2 ** 53 - 1)];
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  test.each([[-1], [0.5], [2 ** 53], [NaN]])("refuses the seed %d", (seed) => {
    expect(() => new Generator(seed)).toThrow(ArgumentError);
    expect(() => new Generator(1, seed)).toThrow(ArgumentError);
  });

  test.each([0, 1, 2, 3, 4, 5, 8, 1001])("goes on where its state was taken, after %d draws", (draws) => {
    const generator = new Generator(7, 3);
    for (let i = 0; i < draws; i++) generator.bits();
    const state = JSON.parse(JSON.stringify(generator.state()));
    expect(state).toEqual({ seed: 7, stream: 3, drawn: draws });
    const expected = Array.from({ length: 9 }, () => generator.bits());
    const again = new Generator(7, 3);
    again.uniform();
    again.loadState(state);
    expect(again.state()).toEqual(state);
    expect(Array.from({ length: 9 }, () => again.bits())).toEqual(expected);
  });

  test.each([1, 2, 3])("goes on after %d normal numbers, which are made in pairs", (draws) => {
    const [generator, again] = [new Generator(7), new Generator(7)];
    for (let i = 0; i < draws; i++) normal(generator);
    again.loadState(JSON.parse(JSON.stringify(generator.state())));
    expect(Array.from({ length: 5 }, () => normal(again))).toEqual(Array.from({ length: 5 }, () => normal(generator)));
  });

  test("goes on beyond 2³² blocks", () => {
    const [far, farther] = [new Generator(7), new Generator(7)];
    far.loadState({ seed: 7, stream: 0, drawn: 4 * (2 ** 32 - 1) });
    for (let i = 0; i < 6; i++) far.bits();
    farther.loadState({ seed: 7, stream: 0, drawn: 4 * 2 ** 32 + 2 });
    expect(far.state()).toEqual(farther.state());
    expect(far.bits()).toBe(farther.bits());
  });

  test.each([
    [{ seed: 8, stream: 0, drawn: 1 }],
    [{ seed: 7, stream: 1, drawn: 1 }],
    [{ seed: 7, stream: 0, drawn: -1 }],
    [{ seed: 7, stream: 0, drawn: 0.5 }],
  ])("refuses the state %j of another stream", (state) => {
    expect(() => new Generator(7).loadState(state)).toThrow(
      /^loadState: the state must be of seed 7, stream 0, got seed/,
    );
  });

  test("uniform has the moments of the uniform distribution, and stays in [0, 1)", () => {
    const generator = new Generator(3);
    const n = 100_000;
    const values = Array.from({ length: n }, () => generator.uniform());
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    // Five standard errors: of the mean √(1/12n), of the variance √(1/180n).
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  test("normal has the moments of the normal distribution", () => {
    const generator = new Generator(4);
    const n = 100_000;
    const values = Array.from({ length: n }, () => normal(generator));
    const moment = (k: number): number => values.reduce((sum, value) => sum + value ** k, 0) / n;
    // Five standard errors: Var[xᵏ] is 1, 2, 15 and 96 for k = 1 to 4.
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    // Φ(1) − Φ(−1) = 0.6827.
    const inside = values.filter((value) => Math.abs(value) < 1).length / n;
    expect(Math.abs(inside - 0.6826894921)).toBeLessThan(5 * Math.sqrt((0.6827 * 0.3173) / n));
  });

  test("integers are uniform, by chi-square", () => {
    const generator = new Generator(5);
    const counts = new Array<number>(10).fill(0);
    const n = 50_000;
    for (let i = 0; i < n; i++) counts[integer(generator, 10)]!++;
    const expected = n / 10;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(27.88); // 99.9 % of chi-square with 9 degrees of freedom
  });

  test("a permutation has each number once", () => {
    for (const n of [0, 1, 2, 100]) {
      const order = Array.from(permutation(new Generator(6), n));
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  test("each order of four is as likely, by chi-square", () => {
    const generator = new Generator(7);
    const counts = new Map<string, number>();
    const n = 24_000;
    for (let i = 0; i < n; i++) {
      const order = permutation(generator, 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(49.73); // 99.9 % of chi-square with 23 degrees of freedom
  });
});

describe("random tensors", () => {
  test("a seed gives the same numbers each time, a generator goes on", async () => {
    expect(await randn([4], { seed: 1 }).array()).toEqual(await randn([4], { seed: 1 }).array());
    const seed = new Generator(1);
    expect(await randn([4], { seed }).array()).not.toEqual(await randn([4], { seed }).array());
  });

  test("without a seed they differ from call to call", async () => {
    expect(await uniform([8]).array()).not.toEqual(await uniform([8]).array());
  });

  test("float32 numbers are the float64 ones, rounded", async () => {
    const exact = await randn([8], { seed: 1, dtype: "float64" }).data();
    const single = await randn([8], { seed: 1 }).data();
    expect(Array.from(single)).toEqual(Array.from(exact, Math.fround));
  });

  test("mean, standardDeviation, low and high shift and scale", async () => {
    const plain = await randn([8], { seed: 1, dtype: "float64" }).data();
    const shifted = await randn([8], { seed: 1, dtype: "float64", mean: 3, standardDeviation: 2 }).data();
    expect(Array.from(shifted)).toEqual(Array.from(plain, (value) => 3 + 2 * value));
    const values = await uniform([1000], { seed: 1, low: -2, high: -1 }).data();
    expect(values.every((value) => value >= -2 && value <= -1)).toBe(true);
  });
});
