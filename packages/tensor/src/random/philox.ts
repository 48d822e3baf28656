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

/** The upper 32 bits of a 32 × 32 bit product, of halves that are multiplied crosswise. */
function multiplyHigh(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  // Neither sum exceeds 32 bits; `| 0` tells the engine that whole-number arithmetic is enough.
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const carried = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carried >>> 16)) | 0;
}

/** Four random 32-bit words for a counter `[c0, c1, c2, c3]` under a key `[k0, k1]`, into `out`. */
export function philox(counter: ArrayLike<number>, key: ArrayLike<number>, out: Uint32Array): void {
  let [a, b, c, d] = [counter[0] as number, counter[1] as number, counter[2] as number, counter[3] as number];
  let [k, l] = [key[0] as number, key[1] as number];
  for (let round = 0; round < rounds; round++) {
    const highA = multiplyHigh(multiplierA, a);
    const highB = multiplyHigh(multiplierB, c);
    [a, b, c, d] = [highB ^ b ^ k, Math.imul(multiplierB, c), highA ^ d ^ l, Math.imul(multiplierA, a)];
    k = (k + weylA) | 0;
    l = (l + weylB) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}
