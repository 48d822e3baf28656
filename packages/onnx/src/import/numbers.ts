/** The decimal number that a float32 in a file was made of: 0.1 where it has 0.10000000149011612. */
export function decimal(single: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(single.toPrecision(digits));
    if (Math.fround(candidate) === Math.fround(single)) return candidate;
  }
  return single;
}
