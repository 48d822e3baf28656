/**
 * Whether a guess can be trusted. A network's own probability is high for much that it gets wrong; a digit that is moved by a
 * pixel stays what it is, and the network says so again, but an unclear one soon looks like another. So the measure is the mean
 * of two: the probability of the guess, and its mean over such views of the picture.
 *
 * Calibrated on MNIST's test digits in pictures of many kinds, so that one in twenty right guesses is doubted; the guide on
 * pictures has the figures, also for letters, signs and scribbles.
 */
import { asInput, type LoadedModel, scoreNames, scores } from "@dlcc/experiment";
import { tensor, tidy, unrecorded } from "@dlcc/tensor";
import { largest } from "../largest.ts";

/** The side of a digit's picture. */
const side = 28;

/** The views: moved to the right and down, by pixels. */
const views = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** The most ink that one of MNIST's 60,000 training digits has, as the sum of its pixels: 311.7. */
const mostInk = 312;

/** A guess of which the measure is less is not sure. */
export const sureFrom = 0.79;

/** A digit that is moved. */
const moved = (pixels: ArrayLike<number>, [right, down]: readonly [number, number]): Float32Array =>
  Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - right, Math.floor(i / side) - down];
    return x < 0 || y < 0 || x >= side || y >= side ? 0 : (pixels[y * side + x] as number);
  });

/**
 * How sure the guess about a digit is, from 0 to 1: the mean of its probability and of the mean over the views.
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
    batch.set(moved(pixels, view), i * side * side);
  });
  const x = tensor(batch, { shape: [views.length, side * side] });
  model.eval();
  const result = unrecorded(() => tidy(() => scores(model.forward(asInput(x, input)), outputs)));
  const all = await result.data();
  const guess = found.indexOf(largest(found));
  const mean = views.reduce((sum, _, i) => sum + (all[i * found.length + guess] as number), 0) / views.length;
  return ((found[guess] as number) + mean) / 2;
}

/** Why a guess about a digit is not sure; undefined if it is, or if the network gives no probabilities to tell it from. */
export async function doubtOf(
  loaded: Pick<LoadedModel, "model" | "input" | "outputs">,
  pixels: ArrayLike<number>,
  found: readonly number[],
): Promise<string | undefined> {
  if (scoreNames[loaded.outputs] !== "probabilities") return undefined;
  const ink = Array.from(pixels).reduce((sum, value) => sum + value, 0);
  if (ink > mostInk) return "it may be a sheet of paper or a shape: it has more ink than any digit of MNIST";
  const surety = await suretyOf(loaded, pixels, found);
  return surety < sureFrom
    ? "it may be no digit, or an unclear one: moved by a pixel, it looks like another"
    : undefined;
}
