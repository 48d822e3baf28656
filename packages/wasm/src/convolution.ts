/**
 * Convolution: what assembly/convolution.ts and assembly/weight-gradient.ts have to know is worked out here, and written to
 * a plan in memory that all threads read.
 */
import { type Methods, sizeOf, type View, type Window, windowPositions } from "@dlcc/tensor";
import * as codes from "./codes.ts";
import { addressOf, allocate, codeOf, type Device, withBlock } from "./device.ts";
import type { Block } from "./heap.ts";
import { partsFor } from "./matmul.ts";
import { inOrder, zeros } from "./movement.ts";
import { depthwiseWeights, simpleConvolution } from "./simple-convolution.ts";

type Pair = readonly [number, number];
type Shape4 = readonly [number, number, number, number];

/** Along one direction: the pixels of a result are of several kinds in turn, each with taps of its own. */
interface Axis {
  readonly kinds: readonly { readonly first: number; readonly taps: readonly number[] }[];
  /** How far the input moves from a pixel to the next one of its kind, and from tap to tap. */
  readonly inStep: number;
  readonly tapStep: number;
}

const range = (n: number): number[] => [...new Array(n).keys()];
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Pixel i meets the input at i · stride − padding + tap · dilation. */
const forwards = ({ kernel, stride, padding, dilation }: Window, axis: 0 | 1): Axis => ({
  kinds: [{ first: -padding[axis], taps: range(kernel[axis]) }],
  inStep: stride[axis],
  tapStep: dilation[axis],
});

/** The other way round: pixel i meets the input at (i + padding − tap · dilation) / stride, where that is a whole number. */
const backwards = ({ kernel, stride, padding, dilation }: Window, axis: 0 | 1): Axis => ({
  kinds: range(stride[axis]).map((i) => {
    const place = (tap: number): number => (i + padding[axis] - tap * dilation[axis]) / stride[axis];
    const taps = range(kernel[axis])
      .reverse()
      .filter((tap) => Number.isInteger(place(tap)));
    return { first: taps.length > 0 ? place(taps[0] as number) : 0, taps };
  }),
  inStep: 1,
  tapStep: dilation[axis] / gcd(stride[axis], dilation[axis]),
});

/** Runs `fn` with the addresses of views as they lie in order; of those that don't, with copies'. */
const addressesOf = <T>(device: Device, views: readonly View[], fn: (addresses: readonly number[]) => T): T =>
  inOrder(device, views, (ordered) => fn(ordered.map(addressOf)));

/** Writes words to memory. */
const write = ({ heap }: Device, pointer: number, words: readonly number[]): void =>
  heap.integers.set(words, pointer / 4);

/** Runs a job whose plan has been written but for its last two words: the scratch of its chunks, and how large each is. */
function runPlan(
  device: Device,
  job: number,
  plan: number,
  words: number,
  units: number,
  chunks: number,
  bytes: number,
): void {
  withBlock(device, chunks * bytes, ({ pointer }) => {
    write(device, plan + 4 * (words - 2), [pointer, bytes]);
    device.run(job, chunks, [units, plan]);
  });
}

/** The lanes of a unit of work. */
const lanes = 8;
/** Strips of eight images are to stay in the second-level cache, with what they are multiplied by. */
const stripBytes = 2 ** 20;
/** Bringing a number in costs as much as so many multiplications. */
const bringing = 4;

/** How the images are cut: into strips of so many rows of the result, for which so many rows of the input are needed. */
interface Strips {
  readonly strips: number;
  readonly rows: number;
  readonly stripRows: number;
}

/** The cut that costs least. It depends on the shape alone. */
function stripsFor(
  n: number,
  outHeight: number,
  { kinds, inStep }: Axis,
  reach: number,
  rowWork: number,
  rowSize: number,
): Strips {
  const turns = Math.ceil(outHeight / kinds.length);
  let best: Strips | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let strips = 1; strips < 2 * turns; strips *= 2) {
    const each = Math.ceil(turns / strips);
    const [rows, stripRows] = [each * kinds.length, (each - 1) * inStep + reach];
    const large = stripRows * rowSize * lanes * 4 > stripBytes;
    const cost = Math.ceil((n * strips) / lanes) * (rows * rowWork + bringing * stripRows * rowSize) * (large ? 2 : 1);
    if (cost >= least) continue;
    least = cost;
    best = { strips, rows, stripRows };
  }
  return best as Strips;
}

/** A weight as `packWeights` walks through it: address, and the strides of groups, outputs, rows, columns and inputs. */
interface Weight {
  readonly address: number;
  readonly group: number;
  readonly output: number;
  readonly row: number;
  readonly column: number;
  readonly input: number;
}

/** What is to be convolved. */
export interface Task {
  readonly axes: readonly [Axis, Axis];
  readonly groups: number;
  readonly weight: Weight;
  /** `[n, channels, height, width]`. */
  readonly from: Shape4;
  readonly to: Shape4;
  readonly x: number;
  /** An address, or 0. */
  readonly bias: number;
  readonly activation: number;
}

/** Of the plan in assembly/convolution.ts, without the table of kinds. */
const planWords = 28;

function convolve(device: Device, task: Task): Block {
  const { axes, groups, weight, from, to, x, bias, activation } = task;
  const { kernels } = device;
  if (sizeOf(to) === 0) return allocate(device, "float32", 0);
  const simple = simpleConvolution(device, task);
  if (simple) return simple;
  const out = allocate(device, "float32", sizeOf(to));
  const [n, channels, height, width] = from;
  const [, all, outHeight, outWidth] = to;
  const [depth, outputs] = [channels / groups, all / groups];
  const [y, along] = axes;
  const used = y.kinds.filter(({ taps }) => taps.length > 0);
  const origin = Math.min(...used.map(({ first }) => first));
  const reach = Math.max(...used.map(({ first, taps }) => first + (taps.length - 1) * y.tapStep)) - origin + 1;
  const tapsOf = ({ kinds }: Axis): number => kinds.reduce((sum, { taps }) => sum + taps.length, 0) / kinds.length;
  const pixelWork = tapsOf(y) * tapsOf(along) * depth * outputs;
  const { strips, rows, stripRows } = stripsFor(n, outHeight, y, reach, outWidth * pixelWork, width * depth);

  const kinds = [...y.kinds, ...along.kinds].flatMap(({ first, taps }) => [first, taps.length]);
  const pairs = y.kinds.flatMap((a) => along.kinds.map((b) => [a.taps, b.taps] as const));
  const sizes = pairs.map(([a, b]) => kernels.panelBytes(outputs, a.length * b.length * depth));
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const groupBytes = sizes.reduce((sum, size) => sum + size, 0);

  withBlock(device, 4 * (planWords + kinds.length + starts.length), ({ pointer: plan }) =>
    withBlock(device, groups * groupBytes, ({ pointer: weights }) => {
      pairs.forEach(([a, b], i) => {
        const step = (taps: readonly number[]): number => (taps[1] ?? 0) - (taps[0] ?? 0);
        const start = weight.address + 4 * ((a[0] ?? 0) * weight.row + (b[0] ?? 0) * weight.column);
        kernels.packWeights(
          ...[groups, outputs, a.length, b.length, depth, start, weight.group, weight.output],
          ...[step(a) * weight.row, step(b) * weight.column, weight.input, weights + (starts[i] as number), groupBytes],
        );
      });
      write(device, plan, [
        ...[n, strips, rows, stripRows, origin, (rows / y.kinds.length) * y.inStep],
        ...[groups, depth, outputs, height, width, outHeight, outWidth],
        ...[y.kinds.length, along.kinds.length, y.inStep, along.inStep, y.tapStep, along.tapStep],
        ...[plan + 4 * planWords, weights, groupBytes, x, out.pointer, bias, activation, 0, 0],
        ...[...kinds, ...starts],
      ]);
      const units = kernels.convolutionUnits(plan);
      const chunks = Math.min(units, partsFor(device, n * groups * outHeight * outWidth * pixelWork));
      runPlan(device, codes.convolutionJob, plan, planWords, units, chunks, kernels.convolutionBytes(plan));
    }),
  );
  return out;
}

/** A gradient's images are summed up in so many blocks: as many threads find work, and few totals are to be added. */
const mostBlocks = 8;
/** But of a larger weight, the totals would cost more than they save: there, the outputs are divided. */
const mostTotals = 2 ** 21;
/** Images and gradients of a unit of work are to stay in the second-level cache. */
const unitBytes = 2 ** 20;
/** The lanes of a unit. */
const gradientLanes = 4;
/** Outputs of a tile. */
const tileOutputs = 4;
/** Of the plan in assembly/weight-gradient.ts. */
const gradientWords = 25;

function weightGradient(device: Device, window: Window, groups: number, x: View, gradient: View): Block {
  const { kernels } = device;
  const { kernel, stride, padding, dilation } = window;
  const [n, all, height, width] = x.shape as Shape4;
  const [, allOutputs, rowsOut, columnsOut] = gradient.shape as Shape4;
  const [channels, outputs] = [all / groups, allOutputs / groups];
  const size = allOutputs * channels * kernel[0] * kernel[1];
  if (size === 0 || n === 0) return zeros(device, size);
  const frameColumns = (columnsOut - 1) * stride[1] + (kernel[1] - 1) * dilation[1] + 1;
  const rowsOf = (strips: number): number => Math.ceil(rowsOut / strips);
  const bytesOf = (rows: number): number =>
    16 *
    (channels * ((rows - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1) * frameColumns +
      outputs * rows * columnsOut);
  let strips = 1;
  while (rowsOf(strips) > 1 && bytesOf(rowsOf(strips)) > unitBytes) strips *= 2;
  const units = Math.ceil(n / gradientLanes) * strips;
  const blocks = size * mostBlocks <= mostTotals ? Math.min(mostBlocks, units) : 1;
  const parts = Math.max(1, Math.min(Math.floor(mostBlocks / (blocks * groups)), Math.ceil(outputs / tileOutputs)));
  return addressesOf(device, [x, gradient], ([images = 0, slopes = 0]) => {
    const simple = depthwiseWeights(device, window, x, gradient, groups, images, slopes);
    if (simple) return simple;
    const out = allocate(device, "float32", size);
    return withBlock(device, 4 * gradientWords, ({ pointer: plan }) => {
      write(device, plan, [
        ...[n, strips, rowsOf(strips), blocks, parts, groups, channels, outputs],
        ...[height, width, rowsOut, columnsOut, ...kernel, ...stride, ...padding, ...dilation],
        ...[images, slopes],
      ]);
      return withBlock(device, kernels.weightTotalsBytes(plan), ({ pointer: totals }) => {
        write(device, plan + 4 * (gradientWords - 3), [totals]);
        const items = blocks * groups * parts;
        const chunks = Math.min(items, partsFor(device, n * rowsOut * columnsOut * size));
        runPlan(device, codes.weightGradientJob, plan, gradientWords, items, chunks, kernels.weightGradientBytes(plan));
        kernels.sumBlocks(plan, out.pointer);
        return out;
      });
    });
  });
}

type Convolutions = Pick<NonNullable<Methods["fused"]>, "conv2d" | "convTranspose2d" | "conv2dWeightGradient">;

/** The convolutions of a device. */
export const convolutions = (device: Device): Required<Convolutions> => ({
  conv2d({ window, groups, activation }, [x, weight, bias]) {
    const [n, , height, width] = x!.shape as Shape4;
    const outputs = weight!.shape[0]!;
    const [output, input, row, column] = weight!.strides as Shape4;
    return [
      addressesOf(device, bias ? [x!, bias] : [x!], ([images, numbers]) =>
        convolve(device, {
          axes: [forwards(window, 0), forwards(window, 1)],
          groups,
          weight: { address: addressOf(weight!), group: (outputs / groups) * output, output, row, column, input },
          from: x!.shape as Shape4,
          to: [n, outputs, ...windowPositions("conv2d", window, [height, width])],
          x: images as number,
          bias: numbers ?? 0,
          activation: activation ? codeOf[activation] : codes.identity,
        }),
      ),
    ];
  },

  convTranspose2d({ window, groups, size }, [x, weight, bias]) {
    const [n, channels] = x!.shape as Shape4;
    const [input, output, row, column] = weight!.strides as Shape4;
    return [
      addressesOf(device, bias ? [x!, bias] : [x!], ([images, numbers]) =>
        convolve(device, {
          axes: [backwards(window, 0), backwards(window, 1)],
          groups,
          weight: { address: addressOf(weight!), group: (channels / groups) * input, output, row, column, input },
          from: x!.shape as Shape4,
          to: [n, groups * weight!.shape[1]!, ...(size as Pair)],
          x: images as number,
          bias: numbers ?? 0,
          activation: codes.identity,
        }),
      ),
    ];
  },

  conv2dWeightGradient: ({ window, groups }, [x, gradient]) => [weightGradient(device, window, groups, x!, gradient!)],
});
