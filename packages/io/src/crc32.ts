/**
 * The checksum of gzip, PNG and zip: any change of up to 32 neighbouring bits is noticed, and of four billion other changes
 * all but one. Source: ISO/IEC 13239; the polynomial is 0x04C11DB7, its bits in reverse order.
 */
const polynomial = 0xed_b8_83_20;

/** How many bytes are taken at a time. Source: Kounavis & Berry 2005, "slicing by 4". */
const slice = 4;
const values = 256;

let tables: Uint32Array | undefined;

/** What a byte does to a checksum, where 0 to 3 bytes come after it: a table of 256 each. */
function makeTables(): Uint32Array {
  const made = new Uint32Array(slice * values);
  for (let byte = 0; byte < values; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    made[byte] = remainder;
  }
  for (let i = values; i < made.length; i++) {
    const before = made[i - values] as number;
    made[i] = (before >>> 8) ^ (made[before & 0xff] as number);
  }
  return made;
}

/**
 * The CRC-32 of bytes, a whole number from 0 to 2³² − 1.
 *
 * @param before The checksum of the bytes before these. Default: there are none.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  tables ??= makeTables();
  const table = tables;
  let sum = ~before;
  let i = 0;
  // Without helpers for the elements, which would make it three times as slow.
  for (; i + slice <= bytes.length; i += slice) {
    sum ^= (bytes[i] as number) | ((bytes[i + 1] as number) << 8);
    sum ^= ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24);
    sum =
      (table[3 * values + (sum & 0xff)] as number) ^
      (table[2 * values + ((sum >>> 8) & 0xff)] as number) ^
      (table[values + ((sum >>> 16) & 0xff)] as number) ^
      (table[sum >>> 24] as number);
  }
  for (; i < bytes.length; i++) sum = (sum >>> 8) ^ (table[(sum ^ (bytes[i] as number)) & 0xff] as number);
  return ~sum >>> 0;
}
