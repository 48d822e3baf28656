/**
 * Philox4x32-10, a counter-based generator: 128 bits of counter and 64 bits of key in, 128 random bits out, with no
 * state in between. Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
const rounds = 10;
const multiplierA = 0xd2511f53;
const multiplierB = 0xcd9e8d57;
/** What is added to the key in each round: the golden ratio and √3 − 1, as fractions of 2³². */
const weylA = 0x9e3779b9;
const weylB = 0xbb67ae85;

/** The upper 32 bits of a 32 × 32 bit product. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  // Each partial sum stays below 2⁵³, so plain numbers are exact.
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor((aLow * bHigh + (middle % 65536)) / 65536)) >>> 0;
}

/** Four random 32-bit words for a counter `[c0, c1, c2, c3]` under a key `[k0, k1]`, into `out`. */
export function philox(counter: ArrayLike<number>, key: ArrayLike<number>, out: Uint32Array): void {
  let [a, b, c, d] = [counter[0] as number, counter[1] as number, counter[2] as number, counter[3] as number];
  let [k, l] = [key[0] as number, key[1] as number];
  for (let round = 0; round < rounds; round++) {
    const highA = multiplyHigh(multiplierA, a);
    const lowA = Math.imul(multiplierA, a);
    const highB = multiplyHigh(multiplierB, c);
    const lowB = Math.imul(multiplierB, c);
    [a, b, c, d] = [(highB ^ b ^ k) >>> 0, lowB >>> 0, (highA ^ d ^ l) >>> 0, lowA >>> 0];
    k = (k + weylA) >>> 0;
    l = (l + weylB) >>> 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}
