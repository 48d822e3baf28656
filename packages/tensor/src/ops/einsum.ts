import { ArgumentError, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import type { Tensor } from "../tensor.ts";
import { assertTensor } from "./checks.ts";
import { assertFactors, contract, type Named, sumOut } from "./contraction.ts";
import { diagonal } from "./triangles.ts";
import { permute } from "./views.ts";

/** The labels of each tensor's axes, and of the result's. */
interface Labels {
  readonly terms: readonly (readonly string[])[];
  readonly result: readonly string[];
}

const term = /^[a-zA-Z]*(\.\.\.[a-zA-Z]*)?$/;

/** So many axes in the place of "...", counted from the last, as they broadcast. */
const openAxes = (count: number): string[] => Array.from({ length: count }, (_, i) => `...${count - i}`);

/** A term's labels, one for each axis. */
function labelsOf(text: string, open: number): string[] {
  const [front = "", back = ""] = text.split("...");
  return text.includes("...") ? [...front, ...openAxes(open), ...back] : [...front];
}

/** Reads an equation for tensors of these shapes. */
function read(equation: string, tensors: readonly Tensor[]): Labels {
  const [left = "", right, ...rest] = String(equation).replaceAll(" ", "").split("->");
  const texts = left.split(",");
  if (rest.length > 0 || ![...texts, right ?? ""].every((text) => term.test(text))) {
    throw new ArgumentError(`einsum: the equation must be labels of axes, as in "ij,jk->ik", got "${equation}"`);
  }
  if (texts.length !== tensors.length) {
    throw new ArgumentError(`einsum: there must be one tensor for each term of "${left}", got ${tensors.length}`);
  }
  const opens = texts.map((text, i) => {
    const [{ shape }, letters] = [tensors[i] as Tensor, text.replace("...", "").length];
    if (text.includes("...") ? shape.length < letters : shape.length !== letters) {
      throw new ShapeError(`einsum: "${text}" must name each axis of tensor ${i}, got ${show(shape)}`);
    }
    return shape.length - letters;
  });
  const terms = texts.map((text, i) => labelsOf(text, opens[i] as number));
  const all = terms.flat();
  const open = openAxes(Math.max(...opens));
  // As in Einstein's notation, what is there once is not summed over.
  const once = all.filter((name) => name.length === 1 && all.indexOf(name) === all.lastIndexOf(name)).sort();
  const result = right === undefined ? [...open, ...once] : labelsOf(right, open.length);
  if (new Set(result).size !== result.length || !result.every((name) => all.includes(name))) {
    throw new ArgumentError(`einsum: the result must name labels of "${left}", each once, got "${right}"`);
  }
  return { terms, result };
}

/** Checks that axes of one label have one length, or 1; within a tensor, one length. */
function checkLengths(terms: readonly (readonly string[])[], tensors: readonly Tensor[]): void {
  const lengths = new Map<string, number>();
  tensors.forEach(({ shape }, i) => {
    const names = terms[i] as readonly string[];
    names.forEach((name, axis) => {
      const [length, known] = [shape[axis] as number, lengths.get(name) ?? 1];
      const first = shape[names.indexOf(name)] as number;
      if (length !== first || (length !== known && length !== 1 && known !== 1)) {
        throw new ShapeError(
          `einsum: axes labelled "${name}" must have the same length, got ${length === first ? known : first} and ${length} in ${show(shape)}`,
        );
      }
      if (known === 1) lengths.set(name, length);
    });
  });
}

/** With each label once: of axes with one label, only the diagonal is meant. */
function withoutRepeats({ x, axes }: Named): Named {
  const second = axes.findIndex((name, axis) => axes.indexOf(name) < axis);
  if (second < 0) return { x, axes };
  const name = axes[second] as string;
  const first = axes.indexOf(name);
  const others = axes.filter((_, axis) => axis !== first && axis !== second);
  return withoutRepeats({ x: diagonal(x, 0, first, second), axes: [...others, name] });
}

/**
 * Einstein's sum: a product of tensors whose axes have labels, summed over the labels that the result lacks, as NumPy's
 * and PyTorch's `einsum`. `"ij,jk->ik"` is `cᵢₖ = Σⱼ aᵢⱼ bⱼₖ`, the product of matrices. Tensors are multiplied from left
 * to right.
 *
 * @param equation A term of labels for each tensor, with commas between; then `->` and the result's labels. A label is a
 * letter for an axis; twice in a term it means the diagonal. `...` stands for all axes without a letter, which broadcast.
 * Without `->`, the result has these axes, then the labels that are there once, in the order of the alphabet.
 * @param tensors Numbers of one dtype. Axes of one label have one length, or 1.
 * @throws {ArgumentError} if the equation can't be read, or has not one term for each tensor.
 * @throws {ShapeError} if a term does not fit its tensor's axes, or lengths of one label differ.
 * @throws {DTypeError} if the dtypes differ, or are `bool`.
 * @example
 * ```ts
 * import { einsum, tensor } from "@dlcc/tensor";
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(await einsum("ij,jk->ik", a, a).array()); // → [ [ 7, 10 ], [ 15, 22 ] ]
 * console.log(await einsum("ii", a).item(), await einsum("ij->j", a).array()); // → 5 [ 4, 6 ]
 * ```
 */
export function einsum(equation: string, ...tensors: readonly Tensor[]): Tensor {
  assertTensor("einsum", tensors[0]);
  for (const x of tensors) assertFactors("einsum", tensors[0], x);
  const { terms, result } = read(equation, tensors);
  checkLengths(terms, tensors);
  return tidy(() => {
    const [first, ...rest] = tensors.map((x, i) => withoutRepeats({ x, axes: terms[i] as readonly string[] })) as [
      Named,
      ...Named[],
    ];
    const isKeptAfter =
      (i: number) =>
      (name: string): boolean =>
        result.includes(name) || rest.slice(i).some(({ axes }) => axes.includes(name));
    const { x, axes } = rest.reduce(
      (product, next, i) => contract(product, next, isKeptAfter(i + 1)),
      sumOut(first, isKeptAfter(0)),
    );
    return permute(
      x,
      result.map((name) => axes.indexOf(name)),
    );
  });
}
