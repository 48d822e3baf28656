/**
 * The checksum of gzip, PNG and zip: any change of up to 32 neighbouring bits is noticed, and of four billion other changes
 * all but one. Source: ISO/IEC 13239; the polynomial is 0x04C11DB7, its bits in reverse order.
 */
const polynomial = 0xed_b8_83_20;

let table: Uint32Array | undefined;

/** What a byte does to a checksum. */
function makeTable(): Uint32Array {
  return new Uint32Array(256).map((_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    return remainder;
  });
}

/**
 * The CRC-32 of bytes, a whole number from 0 to 2³² − 1.
 *
 * @param before The checksum of the bytes before these. Default: there are none.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  table ??= makeTable();
  let sum = ~before;
  for (let i = 0; i < bytes.length; i++) {
    sum = (sum >>> 8) ^ (table[(sum ^ (bytes[i] as number)) & 0xff] as number);
  }
  return ~sum >>> 0;
}
