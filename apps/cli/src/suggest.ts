/** Suggestions for mistyped words. */

/** Longer words, which a file may have, are not typed; and the time grows by the square. */
const longest = 100;

/** The share of letters that two words must have in common for a suggestion; the same as commander's. */
const similar = 0.4;

/**
 * The number of letters to insert, delete, change, or swap with their neighbour, to turn one word into the other:
 * the Damerau-Levenshtein distance (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const change = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, change, swapped ? at(i - 2, j - 2) + 1 : change));
    }
  }
  return at(a.length, b.length);
}

/** `(Did you mean relu?)`, or an empty text if no name is near. */
export function suggestion(word: string, names: readonly string[]): string {
  // Words of other lengths are not similar, however few of their letters differ.
  const alike = names.filter(
    ({ length }) => length <= longest && Math.min(length, word.length) > similar * Math.max(length, word.length),
  );
  const distances = (word.length > longest ? [] : alike).map((name) => ({
    name,
    distance: editDistance(word.toLowerCase(), name),
  }));
  const near = distances.filter(({ name, distance }) => 1 - distance / Math.max(word.length, name.length) > similar);
  const least = Math.min(...near.map(({ distance }) => distance));
  const best = near.filter(({ distance }) => distance === least).map(({ name }) => name);
  if (best.length === 0) return "";
  return `(Did you mean ${best.length > 1 ? "one of " : ""}${best.join(", ")}?)`;
}
