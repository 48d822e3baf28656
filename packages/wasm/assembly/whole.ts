/** `c = a · b` of whole numbers, which wrap at 32 bits: m × k times k × n. Strides are in elements, and may be anything; `c` is dense. */
export function wholeProduct(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32, c: usize,
): void {
  for (let i = 0; i < m; i++, a += aRow << 2) {
    for (let j = 0; j < n; j++, c += 4) {
      let total = 0, left = a, right = b + ((j * bColumn) << 2);
      for (let p = 0; p < k; p++, left += aColumn << 2, right += bRow << 2) total += load<i32>(left) * load<i32>(right);
      store<i32>(c, total);
    }
  }
}
