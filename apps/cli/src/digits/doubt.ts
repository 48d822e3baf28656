/**
 * Whether a guess can be trusted. A network's own probability is high for much that is no digit; a digit that is moved by a
 * pixel, turned or scaled a little stays what it is, and the network says so again, but what is no digit, or an unclear one,
 * soon looks like another. So the measure is the mean probability of the guess over such views of the picture.
 *
 * Calibrated on MNIST's test digits in pictures of many kinds, and on letters, signs and scribbles; the guide on pictures
 * has the figures.
 */
import { asInput, type LoadedModel, scoreNames, scores } from "@dlcc/experiment";
import { tensor, tidy, unrecorded } from "@dlcc/tensor";
import { largest } from "../largest.ts";

/** The side of a digit's picture. */
const side = 28;

/** A view: moved by pixels, turned by degrees, scaled by a factor. */
type View = readonly [right: number, down: number, turn: number, scale: number];
const views: readonly View[] = [
  [0, 0, 0, 1],
  [1, 0, 0, 1],
  [-1, 0, 0, 1],
  [0, 1, 0, 1],
  [0, -1, 0, 1],
  [0, 0, 10, 1],
  [0, 0, -10, 1],
  [0, 0, 0, 0.9],
  [0, 0, 0, 1.1],
];

/** A guess whose mean probability over the views is less is not sure. */
export const sureFrom = 0.75;

/** A view of a digit, interpolated. */
function seen(pixels: ArrayLike<number>, [right, down, turn, scale]: View): Float32Array {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180) / scale, Math.sin((turn * Math.PI) / 180) / scale];
  const middle = (side - 1) / 2;
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= side || y >= side ? 0 : (pixels[y * side + x] as number);
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - middle - right, Math.floor(i / side) - middle - down];
    const [u, v] = [cos * x + sin * y + middle, cos * y - sin * x + middle];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [a, b] = [u - left, v - top];
    const upper = (1 - a) * at(left, top) + a * at(left + 1, top);
    const lower = (1 - a) * at(left, top + 1) + a * at(left + 1, top + 1);
    return (1 - b) * upper + b * lower;
  });
}

/**
 * The mean probability of a guess over the views of a digit, from 0 to 1.
 *
 * @param found The scores of the digit itself.
 */
export async function suretyOf(
  { model, input, outputs }: Pick<LoadedModel, "model" | "input" | "outputs">,
  pixels: ArrayLike<number>,
  found: readonly number[],
): Promise<number> {
  const batch = new Float32Array(views.length * side * side);
  views.forEach((view, i) => {
    batch.set(seen(pixels, view), i * side * side);
  });
  const x = tensor(batch, { shape: [views.length, side * side] });
  model.eval();
  const result = unrecorded(() => tidy(() => scores(model.forward(asInput(x, input)), outputs)));
  const all = await result.data();
  const guess = found.indexOf(largest(found));
  return views.reduce((sum, _, i) => sum + (all[i * found.length + guess] as number), 0) / views.length;
}

/** Why a guess about a digit is not sure; undefined if it is, or if the network gives no probabilities to tell it from. */
export async function doubtOf(
  loaded: Pick<LoadedModel, "model" | "input" | "outputs">,
  pixels: ArrayLike<number>,
  found: readonly number[],
): Promise<string | undefined> {
  if (scoreNames[loaded.outputs] !== "probabilities") return undefined;
  const surety = await suretyOf(loaded, pixels, found);
  return surety < sureFrom
    ? "it may be no digit, or an unclear one: moved or turned a little, it looks like another"
    : undefined;
}
