import { valueAndGrad } from "@dlcc/autograd";
import { type Examples, minibatches } from "@dlcc/data";
import { Conv2d, countParameters, Flatten, heNormal, Linear, MaxPool2d, normal, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { argmax, type Backend, cpu, equal, mean, pad, slice, type Tensor, tidy } from "@dlcc/tensor";
import { at } from "./numbers.ts";

/** Rows of numbers: an image, or a kernel. */
export type Rows = readonly (readonly number[])[];

/**
 * What a kernel finds in an image. It stands at each place where it fits, and gives the same weighted sum there:
 * `map[r][c] = Σ kernel[i][j] · image[r + i][c + j]`. (Strictly that is a cross-correlation; deep learning calls it convolution.)
 *
 * Source: LeCun et al. 1989. The course's text ends before it.
 *
 * @returns One row for each place down, one number for each place across; none if the kernel is larger than the image.
 * @example
 * ```ts
 * import { featureMap } from "@dlcc/course";
 * // Where does it get brighter from left to right?
 * console.log(featureMap([[0, 0, 1, 1], [0, 0, 1, 1]], [[-1, 1]])); // → [ [ 0, 1, 0 ], [ 0, 1, 0 ] ]
 * ```
 */
export function featureMap(image: Rows, kernel: Rows): number[][] {
  const places = (image_: number, kernel_: number): number[] => [...Array(Math.max(0, image_ - kernel_ + 1)).keys()];
  return places(image.length, kernel.length).map((r) =>
    places(image[0]?.length ?? 0, kernel[0]?.length ?? 0).map((c) =>
      kernel.reduce((sum, row, i) => row.reduce((all, w, j) => all + w * at(at(image, r + i), c + j), sum), 0),
    ),
  );
}

/**
 * The number of parameters of a convolution: each kernel has `size × size` weights for each channel of its input, and a bias.
 * The size of the image is not among them.
 *
 * @example
 * ```ts
 * import { convolutionParameters, layerParameters } from "@dlcc/course";
 * // 1000 kernels in place of 1000 neurons, on a photograph of 224×224
 * console.log(convolutionParameters(1, 1000, 5), layerParameters(224 * 224, 1000)); // → 26000 50177000
 * ```
 */
export const convolutionParameters = (channels: number, kernels: number, size: number): number =>
  (channels * size ** 2 + 1) * kernels;

/** The options of {@link learnKernels}. */
export interface KernelOptions {
  /** How many kernels there are. Default: 6, as in the first layer of LeNet-5. */
  readonly kernels?: number;
  /** Rows and columns of a kernel. Default: 5. */
  readonly size?: number;
  /** The number of passes over the training examples. Default: 3. */
  readonly epochs?: number;
  /** Which test example is looked at. Default: the first. */
  readonly shown?: number;
  /** By how many pixels the test images are moved to the right. Default: 0 to 3. */
  readonly moves?: readonly number[];
  /** The same seed gives the same run. Default: 1. */
  readonly seed?: number;
  /** What computes. Default: cpu. */
  readonly backend?: Backend;
}

/** A network that has learned, and what it is worth. */
export interface JudgedNetwork {
  /** How many parameters it has. */
  readonly parameters: number;
  /** The accuracy on the test images, for each move. */
  readonly accuracies: readonly number[];
}

/** The result of {@link learnKernels}. */
export interface LearnedKernels {
  /** The learned kernels. */
  readonly kernels: readonly Rows[];
  /** The test image that is looked at. */
  readonly image: Rows;
  /** What each kernel finds in it: `max(0, map + bias)`. */
  readonly maps: readonly Rows[];
  /** By how many pixels the test images were moved to the right. */
  readonly moves: readonly number[];
  /** Kernels, the largest of each 4×4, and one dense layer. */
  readonly convolutional: JudgedNetwork;
  /** A hidden layer of 20 neurons, each with all pixels, and one dense layer. */
  readonly dense: JudgedNetwork;
}

/** The neurons of the dense network's hidden layer: fewer, and it reads worse; more, and it has still more parameters. */
const neurons = 20;
const [poolSize, batchSize, lr] = [4, 50, 0.01];

/**
 * Trains a small convolutional network on images, and a dense one beside it. The kernels become detectors of edges and strokes, though
 * nobody has told them to. As a kernel is the same at each place, the network bears it better when what it has learned is moved.
 *
 * Source: LeCun et al. 1998, of whose network these are the first layers. The course's text ends before it.
 *
 * @param train Images `[n, side²]` of squares, and labels `[n]` from 0.
 * @param test Those that they are judged by.
 * @throws {ShapeError} if a kernel, and a pool of 4×4 after it, don't fit into the images.
 * @example
 * ```ts
 * import { learnKernels } from "@dlcc/course";
 * import { tensor } from "@dlcc/tensor";
 *
 * // A bar that lies, and one that stands, in pictures of 6×6
 * const bar = (stands: boolean) => Array.from({ length: 36 }, (_, i) => (stands ? i % 6 : i < 12 ? 2 : 0) === 2 ? 1 : 0);
 * const images = { images: tensor([bar(false), bar(true)]), labels: tensor([0, 1], { dtype: "int32" }) };
 * const { kernels, maps, convolutional } = await learnKernels(images, images, { kernels: 2, size: 3 });
 * console.log(kernels.length, maps[0]?.length, convolutional.parameters); // → 2 4 26
 * ```
 */
export async function learnKernels(
  train: Examples,
  test: Examples,
  { kernels = 6, size = 5, epochs = 3, shown = 0, moves = [0, 1, 2, 3], seed = 1, backend = cpu }: KernelOptions = {},
): Promise<LearnedKernels> {
  const side = Math.sqrt(train.images.shape.at(-1) ?? 0);
  const classes = Math.max(...(await train.labels.data()), ...(await test.labels.data())) + 1;
  const places = side - size + 1;
  const first = new Conv2d(1, kernels, size, { weight: normal(0.1), seed });
  const convolutional = new Sequential([
    first,
    relu,
    new MaxPool2d(poolSize),
    new Flatten(),
    new Linear(kernels * Math.floor(places / poolSize) ** 2, classes, { seed: seed + 1 }),
  ]);
  const dense = new Sequential([
    new Flatten(),
    new Linear(side * side, neurons, { weight: heNormal(), seed }),
    relu,
    new Linear(neurons, classes, { seed: seed + 1 }),
  ]);
  const squares = (images: Tensor): Tensor => images.reshape([-1, 1, side, side]);
  const [images, labels] = [await squares(test.images).to(backend), await test.labels.to(backend)];
  const judged = async (model: Sequential): Promise<JudgedNetwork> => {
    await model.to(backend);
    const optimizer = adam(model.parameters(), { lr });
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const order = { size: batchSize, seed, epoch, backend };
      for (const { x, y } of minibatches(squares(train.images), train.labels, order)) {
        optimizer.step(valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters()).gradients);
      }
    }
    optimizer.dispose();
    const accuracies = moves.map((move) =>
      tidy(() => mean(equal(argmax(model.forward(moved(images, move)), 1), labels).cast("float32"))),
    );
    return {
      parameters: countParameters(model),
      accuracies: await Promise.all(accuracies.map((share) => share.item())),
    };
  };
  const result = { convolutional: await judged(convolutional), dense: await judged(dense) };
  const image = tidy(() => slice(images, [shown, shown + 1]));
  const maps = tidy(() => relu(first.forward(image)));
  const read = {
    kernels: await squaresIn(first.weight.peek(), size),
    image: at(await squaresIn(image, side), 0),
    maps: await squaresIn(maps, places),
  };
  for (const owner of [convolutional, dense, image, maps]) owner.dispose();
  return { ...read, ...result, moves };
}

/** Images `[n, 1, side, side]` that are moved to the right; what comes in at the left is 0. */
function moved(images: Tensor, by: number): Tensor {
  const width = images.shape.at(-1) ?? 0;
  return by === 0
    ? images
    : pad(slice(images, [], [], [], [0, width - by]), [
        [0, 0],
        [0, 0],
        [0, 0],
        [by, 0],
      ]);
}

/** The squares in a tensor, one after the other. */
async function squaresIn(t: Tensor, side: number): Promise<number[][][]> {
  const numbers = Array.from(await t.data(), Number);
  const cut = (start: number, length: number, step: number): number[] =>
    Array.from({ length }, (_, i) => start + i * step);
  return cut(0, numbers.length / side ** 2, side ** 2).map((square) =>
    cut(square, side, side).map((row) => numbers.slice(row, row + side)),
  );
}
