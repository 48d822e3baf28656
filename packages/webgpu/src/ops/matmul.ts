import {
  collapse,
  contiguousStrides,
  type FusedActivation,
  type Kernel,
  type Methods,
  sizeOf,
  type View,
} from "@dlcc/tensor";
import type { Line } from "@dlcc/tensor/device";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import { numbersOf, type Scratch } from "../scratch.ts";
import type { Factor } from "../wgsl/index.ts";
import { multiply, noBias } from "./product.ts";
import { withScratch } from "./scratch.ts";

/** Matrices in a row, and how to walk through them. */
interface Matrices {
  readonly numbers: Numbers;
  readonly start: number;
  /** How far apart the matrices are, their rows, and their columns. */
  readonly strides: readonly [z: number, row: number, column: number];
}

/** The matrices of a view's last two axes; `z`: the stride of what is before them. */
const matricesOf = (view: View, numbers: Numbers, start: number, strides: readonly number[], z: number): Matrices => ({
  numbers,
  start,
  strides: [z, strides[view.shape.length - 2] as number, strides[view.shape.length - 1] as number],
});

/** Both factors with their leading axes in one, by copies where it must. */
function factors(scratch: Scratch, a: View, b: View): [Matrices, Matrices] {
  const shape = a.shape.slice(0, -2);
  const leading = [a, b].map(({ strides }) => ({ strides: strides.slice(0, -2) }));
  const { lengths, strides } = collapse(shape, leading);
  const both = [a, b].map((view, i) => {
    if (lengths.length <= 1) return matricesOf(view, numbersOf(view), view.offset, view.strides, strides[i]?.[0] ?? 0);
    const dense = contiguousStrides(view.shape);
    return matricesOf(view, scratch.inOrder(view), 0, dense, dense[shape.length - 1] as number);
  });
  return both as [Matrices, Matrices];
}

/** How a factor lies: `o` and `k` are its lengths and strides, along k and along its other index. */
function factorOf(
  { start, strides: [z] }: Matrices,
  o: readonly [length: number, stride: number],
  k: readonly [length: number, stride: number],
): Factor {
  // Along an axis of length 1, one never walks.
  const alongK = k[0] === 1 || k[1] === 1;
  const [along, across] = alongK ? [k, o] : [o, k];
  const lies = along[0] === 1 || along[1] === 1;
  const other = across[0] === 1 ? 0 : across[1];
  return { key: "matrix", alongK, fours: lies && [along[0], other, z, start].every((length) => length % 4 === 0) };
}

/** A product of matrices, `[z, m, k] × [z, k, n]`. The bias is added to each row. */
function product(
  scratch: Scratch,
  name: string,
  type: "f32" | "i32",
  [Z, M, N, K]: readonly [number, number, number, number],
  [a, b]: readonly [Matrices, Matrices],
  bias?: Line<Numbers>,
  activation?: FusedActivation,
): Numbers {
  const [[, row, down], [z, across, column]] = [a.strides, b.strides];
  return multiply(scratch.device, {
    product: { name, type, a: factorOf(a, [M, row], [K, down]), b: factorOf(b, [N, column], [K, across]) },
    sizes: { Z, M, N, K },
    a: a.numbers,
    b: b.numbers,
    bias: bias?.numbers ?? noBias,
    walks: [
      [a.start, ...a.strides],
      [b.start, z, column, across],
      [bias?.start ?? 0, 0, 0, bias?.step ?? 0],
    ],
    activation,
    more: [],
  });
}

/** The products on a device. */
export const products = (device: Device): Pick<Methods, "matmul"> => ({
  matmul: (a, b) =>
    withScratch(device, (scratch) => {
      const [M, K] = a.shape.slice(-2) as [number, number];
      const N = b.shape[b.shape.length - 1] as number;
      const Z = sizeOf(a.shape.slice(0, -2));
      const type = a.dtype === "float32" ? "f32" : "i32";
      return product(scratch, "matmul", type, [Z, M, N, K], factors(scratch, a, b));
    }),
});

/** A layer in one kernel. */
export const linear =
  (device: Device): Kernel<"linear"> =>
  ({ activation }, [x, weight, bias]) =>
    withScratch(device, (scratch) => {
      const [M, K] = x.shape as [number, number];
      const N = weight.shape[0] as number;
      const [down, across] = weight.strides as [number, number];
      const transposed: Matrices = { numbers: numbersOf(weight), start: weight.offset, strides: [0, across, down] };
      const input = matricesOf(x, numbersOf(x), x.offset, x.strides, 0);
      const line = bias && scratch.line(bias);
      return [product(scratch, "linear", "f32", [1, M, N, K], [input, transposed], line, activation)];
    });
