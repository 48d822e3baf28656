/**
 * Augmentation: more examples than there are, by changing those that there are as the world might have: a digit that is turned a
 * little is the same digit.
 *
 * Each image has a stream of random numbers of its own, which seed and index determine. So an image is changed in the same way
 * whatever its minibatch, and a run that goes on in the midst of an epoch needs no more than the epoch's seed.
 */
import {
  ArgumentError,
  assertTensor,
  DTypeError,
  fromStorage,
  Generator,
  generatorOf,
  type Seed,
  ShapeError,
  type Tensor,
} from "@dlcc/tensor";
import { compose, identity } from "./affine.ts";
import type { Affine, Distortion, ImageSize, Pixels } from "./distortion.ts";
import { sample } from "./sample.ts";

/** What a transform of images takes besides them. */
export interface TransformOptions {
  /** The same seed changes them in the same way. Default: in another way each time. */
  readonly seed?: Seed;
  /** Which examples they are: each has its own stream of the seed. Default: 0, 1, 2, … */
  readonly indices?: ArrayLike<number>;
}

/**
 * Changes images, one row for each: {@link augment} makes one. {@link transformBatches} takes it, or a function of your own. It may
 * change their shape, but not their number.
 */
export type ImageTransform = (images: Tensor, options?: TransformOptions) => Tensor;

/** The options of {@link augment}. */
export interface AugmentOptions {
  /** What is outside of images, and where something was erased. Default: 0. */
  readonly background?: number;
}

/** Distortions that are done together. */
type Stage =
  | {
      readonly kind: "warp";
      readonly affine: Extract<Distortion, { kind: "affine" }>[];
      displacement?: Extract<Distortion, { kind: "displacement" }>;
    }
  | Extract<Distortion, { kind: "pixels" }>;

/**
 * Makes a function that changes images at random, by steps, one after the other. Neighbouring shifts, rotations, zooms, shears,
 * flips, and an elastic distortion after them are interpolated at once, so that images stay sharp.
 *
 * The function takes `[n, channels, height, width]`, `[n, height, width]`, or `[n, pixels]` of square images in shades of gray, of
 * `float32` or `float64`, and returns the same shape, dtype and backend. It computes on the host. In training, {@link transformBatches} gives each epoch its own distortions.
 *
 * @param steps In their order.
 * @throws {ArgumentError} if a step is none. The function throws {@link ShapeError} for other shapes, {@link DTypeError} for other
 * dtypes, and `BackendError` if the images are on a device that can't be read synchronously.
 * @example
 * ```ts
 * import { augment, randomElastic, randomRotation, randomShift } from "@dlcc/data";
 * import { zeros } from "@dlcc/tensor";
 *
 * const distort = augment([randomRotation(10), randomShift(2), randomElastic()]);
 * console.log(distort(zeros([64, 784]), { seed: 1 }).shape); // → [ 64, 784 ]
 * ```
 */
export function augment(steps: readonly Distortion[], { background = 0 }: AugmentOptions = {}): ImageTransform {
  const stages = stagesOf(steps);
  return (images, { seed, indices } = {}) => {
    const size = sizeOf(images);
    const { backend, dtype, shape } = images;
    const count = shape[0] as number;
    if (indices && indices.length !== count) {
      throw new ArgumentError(
        `augment: indices must have one for each of the ${count} images, got ${indices.length} of them`,
      );
    }
    const result = images.dataSync() as Pixels;
    // A generator gives a number for all images: what it draws then does not depend on how many there are.
    const base = typeof seed === "number" ? seed : Math.floor(generatorOf(seed).uniform() * 2 ** 53);
    const canvas = canvasOf(result, size);
    const length = size.channels * size.height * size.width;
    for (let i = 0; i < count; i++) {
      const image = result.subarray(i * length, (i + 1) * length);
      const random = new Generator(base, indices?.[i] ?? i);
      for (const stage of stages) {
        if (stage.kind === "pixels") stage.apply(image, random, size, background);
        else warp(image, stage, random, size, background, canvas);
      }
    }
    return fromStorage(backend, backend.upload(result, dtype), dtype, shape);
  };
}

function stagesOf(steps: readonly Distortion[]): Stage[] {
  const stages: Stage[] = [];
  for (const step of steps) {
    let last = stages.at(-1);
    if (step.kind === "affine" || step.kind === "displacement") {
      if (last?.kind !== "warp" || last.displacement) {
        last = { kind: "warp", affine: [] };
        stages.push(last);
      }
      if (step.kind === "affine") last.affine.push(step);
      else last.displacement = step;
    } else if (step.kind === "pixels") stages.push(step);
    else {
      throw new ArgumentError(
        `augment: steps must be distortions such as randomShift(2), got ${typeof step}: call the function that makes one`,
      );
    }
  }
  return stages;
}

function sizeOf(images: Tensor): ImageSize {
  assertTensor("augment", images);
  const { dtype, shape } = images;
  if (dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`augment: images must be floats, got ${dtype}: cast them with images.cast("float32")`);
  }
  const [count, ...axes] = shape;
  const side = Math.round(Math.sqrt(axes[0] ?? 0));
  if (count !== undefined && axes.length === 1 && side * side === axes[0])
    return { channels: 1, height: side, width: side };
  const [width, height, channels = 1] = axes.toReversed();
  if (width !== undefined && height !== undefined && axes.length <= 3) return { channels, height, width };
  throw new ShapeError(
    `augment: images must be [n, channels, height, width], [n, height, width], or [n, pixels] of squares, got [${shape}]`,
  );
}

/** Where each pixel of an image comes from, and the image before it was warped. */
interface Canvas {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly before: Pixels;
}

function canvasOf(like: Pixels, { height, width }: ImageSize): Canvas {
  const pixels = height * width;
  const before = like instanceof Float32Array ? new Float32Array(pixels) : new Float64Array(pixels);
  return { xs: new Float64Array(pixels), ys: new Float64Array(pixels), before };
}

/** Moves the pixels of an image, in place. */
function warp(
  image: Pixels,
  { affine, displacement }: Extract<Stage, { kind: "warp" }>,
  random: Generator,
  size: ImageSize,
  background: number,
  { xs, ys, before }: Canvas,
): void {
  // What is done to the image last is what a place in the result goes through first.
  const map = affine.reduce<Affine>((all, step) => compose(step.draw(random), all), identity);
  if (displacement) displacement.draw(random, size, xs, ys);
  else if (map.every((value, i) => value === identity[i])) return;
  const { channels, height, width } = size;
  place(map, xs, ys, height, width, displacement !== undefined);
  for (let channel = 0; channel < channels; channel++) {
    const part = image.subarray(channel * before.length, (channel + 1) * before.length);
    before.set(part);
    sample(before, part, xs, ys, height, width, background);
  }
}

/** Where each pixel comes from: its place, moved by the displacement that stands in `xs` and `ys`, if any, through the map. */
function place(
  [a, b, c, d, e, f]: Affine,
  xs: Float64Array,
  ys: Float64Array,
  height: number,
  width: number,
  displaced: boolean,
): void {
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const x = column - centreX + (displaced ? (xs[i] as number) : 0);
      const y = row - centreY + (displaced ? (ys[i] as number) : 0);
      xs[i] = a * x + b * y + c + centreX;
      ys[i] = d * x + e * y + f + centreY;
    }
  }
}
