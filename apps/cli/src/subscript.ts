/** A symbol with its indices below the line: `subscripted("a", 2)` is a₂, and `subscripted("w", 1, 2)` is w₁,₂. */
export const subscripted = (name: string, ...indices: readonly number[]): string =>
  name + indices.map((i) => [...String(i)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("")).join(",");
