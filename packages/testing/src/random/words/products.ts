/** Words that multiply and add up: products of matrices and their relatives, by Einstein's sum, and the fused layers. */
import { type DType, type FusedActivation, isFloat } from "@dlcc/tensor";
import { at, build, entry, indicesOf, map, type NdArray } from "../../reference.ts";
import type { Draws } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { broadcastShape, type Example, reshaped, type Wanted, type Word, type Words, want } from "../word.ts";

/** A term of an Einstein's sum: an array, and a label for each axis. */
interface Term {
  readonly x: NdArray;
  readonly labels: readonly string[];
}

/** The product of the terms, summed over the labels that the result lacks; axes of length 1 are repeated. */
function einsumOf(terms: readonly Term[], result: readonly string[], dtype: DType): NdArray {
  const lengths = new Map<string, number>();
  for (const { x, labels } of terms) {
    labels.forEach((label, axis) => {
      if ((lengths.get(label) ?? 1) === 1) lengths.set(label, entry(x.shape, axis));
    });
  }
  const length = (label: string): number => lengths.get(label) ?? 1;
  const summed = [...lengths.keys()].filter((label) => !result.includes(label));
  const inner = indicesOf(summed.map(length));
  const isWhole = dtype === "int32";
  return build(result.map(length), (outer) => {
    let [sum, whole] = [0, 0n];
    for (const inside of inner) {
      const value = (label: string): number =>
        result.includes(label) ? entry(outer, result.indexOf(label)) : entry(inside, summed.indexOf(label));
      const factors = terms.map(({ x, labels }) =>
        at(
          x,
          labels.map((label, axis) => (x.shape[axis] === 1 ? 0 : value(label))),
        ),
      );
      if (isWhole) whole += factors.reduce((product, factor) => product * BigInt(factor), 1n);
      else sum += factors.reduce((product, factor) => product * factor, 1);
    }
    return isWhole ? Number(BigInt.asIntN(32, whole)) : sum;
  });
}

/** A product with what its errors are measured by: Σ |terms|. */
function productOf(terms: readonly Term[], result: readonly string[], dtype: DType, shape?: readonly number[]): Wanted {
  const sizes = terms.map(({ x, labels }) => ({ x: map(x, Math.abs), labels }));
  const product = einsumOf(terms, result, dtype);
  const magnitude = isFloat(dtype) ? { magnitude: einsumOf(sizes, result, dtype) } : {};
  return want(dtype, shape ? reshaped(product, shape) : product, magnitude);
}

const matmul: Word = {
  draw(d) {
    const dtype = d.dtype("numbers");
    const [m, k, n] = [d.length(), d.length(), d.length()].map((length) => (d.isLarge ? 2 * length + 3 : length)) as [
      number,
      number,
      number,
    ];
    const batch = d.shape({ to: 3, most: 6 });
    const shape = (matrix: readonly number[]): number[] => [...d.narrower(batch), ...matrix];
    const [vectorLeft, vectorRight] = [d.chance(0.15), d.chance(0.15)];
    const [a, b] = [vectorLeft ? [k] : shape([m, k]), vectorRight ? [k] : shape([k, n])];
    const [x, y] = [d.tensor(a, dtype), d.tensor(b, dtype)];
    const leading = broadcastShape(a.slice(0, -2), b.slice(0, -2));
    const named = (rank: number): string[] =>
      Array.from({ length: rank }, (_, i) => `batch ${leading.length - rank + i}`);
    const left = [...named(Math.max(0, a.length - 2)), ...(vectorLeft ? [] : ["m"]), "k"];
    const right = [...named(Math.max(0, b.length - 2)), "k", ...(vectorRight ? [] : ["n"])];
    const result = [...named(leading.length), ...(vectorLeft ? [] : ["m"]), ...(vectorRight ? [] : ["n"])];
    return {
      args: [x, y],
      wanted: productOf(
        [
          { x, labels: left },
          { x: y, labels: right },
        ],
        result,
        dtype,
      ),
    };
  },
};

const vectors = (result: readonly string[], labels: readonly [string, string]): Word => ({
  draw(d) {
    const dtype = d.dtype("numbers");
    const n = d.length();
    const [x, y] = [d.tensor([n], dtype), d.tensor([labels[0] === labels[1] ? n : d.length()], dtype)];
    return {
      args: [x, y],
      wanted: productOf(
        [
          { x, labels: [labels[0]] },
          { x: y, labels: [labels[1]] },
        ],
        result,
        dtype,
      ),
    };
  },
});

const tensordot: Word = {
  draw(d) {
    const dtype = d.dtype("numbers");
    const common = d.shape({ to: 2, most: 12 });
    const [own, other] = [d.shape({ to: 2, most: 6 }), d.shape({ to: 2, most: 6 })];
    const names = common.map((_, i) => `c${i}`);
    const count = names.length;
    if (d.chance(0.5)) {
      const [x, y] = [d.tensor([...own, ...common], dtype), d.tensor([...common, ...other], dtype)];
      const [left, right] = [own.map((_, i) => `a${i}`), other.map((_, i) => `b${i}`)];
      const wanted = productOf(
        [
          { x, labels: [...left, ...names] },
          { x: y, labels: [...names, ...right] },
        ],
        [...left, ...right],
        dtype,
      );
      return { args: count === 2 && d.chance(0.5) ? [x, y] : [x, y, count], wanted };
    }
    const mixed = (lengths: readonly number[], free: string): { x: Placed; labels: string[]; axes: number[] } => {
      const all = [
        ...lengths.map((length, i) => ({ length, label: `${free}${i}` })),
        ...common.map((length, i) => ({ length, label: `c${i}` })),
      ];
      const ordered = d.order(all.length).map((i) => entry(all, i));
      const labels = ordered.map(({ label }) => label);
      const axes = names
        .map((name) => labels.indexOf(name))
        .map((axis) => (d.chance(0.3) ? axis - labels.length : axis));
      return {
        x: d.tensor(
          ordered.map(({ length }) => length),
          dtype,
        ),
        labels,
        axes,
      };
    };
    const [a, b] = [mixed(own, "a"), mixed(other, "b")];
    const free = [...a.labels, ...b.labels].filter((label) => !names.includes(label));
    return { args: [a.x, b.x, [a.axes, b.axes]], wanted: productOf([a, b], free, dtype) };
  },
};

const einsum: Word = {
  draw(d) {
    const dtype = d.dtype("numbers");
    const letters = ["i", "j", "k", "B"].slice(0, d.int(1, 4));
    const lengths = new Map(letters.map((letter) => [letter, d.int(0, 3)]));
    const rest = d.chance(0.3) ? d.shape({ from: 1, to: 2, most: 4 }) : [];
    const dots = rest.map((_, i) => `…${i}`);
    const terms = Array.from({ length: d.int(1, 3) }, () => {
      const own = Array.from({ length: d.int(0, 3) }, () => d.pick(letters));
      const [open, place] = [rest.length > 0 && d.chance(0.7), d.int(0, own.length)];
      const labels = open ? [...own.slice(0, place), ...dots, ...own.slice(place)] : own;
      const text = open ? `${own.slice(0, place).join("")}...${own.slice(place).join("")}` : own.join("");
      const shape = labels.map((label) => lengths.get(label) ?? (d.chance(0.2) ? 1 : entry(rest, dots.indexOf(label))));
      // Sums are taken as early as they can be, which with an infinity is another sum.
      return { x: d.tensor(shape, dtype, { from: -5, to: 5, special: [0] }), labels, text, open };
    });
    const used = letters.filter((letter) => terms.some(({ labels }) => labels.includes(letter)));
    const isOpen = terms.some(({ open }) => open);
    const left = terms.map(({ text }) => text).join(",");
    const xs = terms.map(({ x }) => x);
    if (d.chance(0.25)) {
      const all = terms.flatMap(({ labels }) => labels);
      const once = used.filter((letter) => all.filter((label) => label === letter).length === 1).sort();
      return { args: [left, ...xs], wanted: productOf(terms, [...(isOpen ? dots : []), ...once], dtype) };
    }
    const kept = d
      .order(used.length)
      .map((i) => entry(used, i))
      .slice(0, d.int(0, used.length));
    const place = d.int(0, kept.length);
    const result = isOpen ? [...kept.slice(0, place), ...dots, ...kept.slice(place)] : kept;
    const right = isOpen ? `${kept.slice(0, place).join("")}...${kept.slice(place).join("")}` : kept.join("");
    return { args: [`${left}->${right}`, ...xs], wanted: productOf(terms, result, dtype) };
  },
};

/** The activations that fused ops take along. */
export const activations: { readonly [A in FusedActivation]: (x: number) => number } = {
  relu: (x) => (x <= 0 ? 0 : x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

/** What an activation passes back, by its output. */
const slopes: { readonly [A in FusedActivation]: (gradient: number, y: number) => number } = {
  relu: (gradient, y) => (y <= 0 ? 0 : gradient),
  sigmoid: (gradient, y) => gradient * y * (1 - y),
  tanh: (gradient, y) => gradient * (1 - y * y),
};

/** One of them. */
export const anyActivation = (d: Draws): FusedActivation => d.pick(["relu", "sigmoid", "tanh"]);

const linear: Word = {
  draw(d) {
    const dtype = d.dtype("floats");
    const [n, inputs, outputs] = [d.length(), d.length(), d.length()];
    const [x, weight] = [d.tensor([n, inputs], dtype), d.tensor([outputs, inputs], dtype)];
    const bias = d.chance(0.7) ? d.tensor([outputs], dtype) : undefined;
    const activation = d.chance(0.7) ? anyActivation(d) : undefined;
    const sums = (f: (value: number) => number): NdArray => {
      const product = einsumOf(
        [
          { x: map(x, f), labels: ["n", "in"] },
          { x: map(weight, f), labels: ["out", "in"] },
        ],
        ["n", "out"],
        dtype,
      );
      return bias ? build(product.shape, (index) => at(product, index) + f(at(bias, index.slice(1)))) : product;
    };
    const result = activation
      ? map(
          sums((value) => value),
          activations[activation],
        )
      : sums((value) => value);
    const args = activation ? [x, weight, bias, activation] : bias ? [x, weight, bias] : [x, weight];
    return { args, wanted: want(dtype, result, { magnitude: map(sums(Math.abs), (value) => value + 1) }) };
  },
};

const activationGradient: Word = {
  draw(d): Example {
    const dtype = d.dtype("floats");
    const shape = d.shape();
    const activation = anyActivation(d);
    const [gradient, output] = [d.tensor(shape, dtype), d.tensor(shape, dtype, { from: 0, to: 1 })];
    const result = build(shape, (index) => slopes[activation](at(gradient, index), at(output, index)));
    return {
      args: [activation, gradient, output],
      wanted: want(dtype, result, { magnitude: map(gradient, Math.abs) }),
    };
  },
};

/** Rows of logits with a label for each. */
function classified(
  d: Draws,
  dtype: DType,
): { logits: Placed; labels: Placed; rows: readonly (readonly number[])[]; most: number } {
  const [n, classes] = [d.length(), d.length(1)];
  const logits = d.tensor([n, classes], dtype, { from: -5, to: 5, special: [1000, -1000, Number.NEGATIVE_INFINITY] });
  const labels = d.tensor([n], "int32", { from: 0, to: classes - 1, large: false });
  const rows = Array.from({ length: n }, (_, i) => logits.data.slice(i * classes, (i + 1) * classes));
  return {
    logits,
    labels,
    rows,
    most: 1 + logits.data.reduce((most, z) => (Number.isFinite(z) ? Math.max(most, Math.abs(z)) : most), 0),
  };
}

const logSumExp = (row: readonly number[]): number => {
  const most = Math.max(...row);
  return most + Math.log(row.reduce((sum, z) => sum + Math.exp(z - most), 0));
};

const softmaxCrossEntropy: Word = {
  draw(d) {
    const dtype = d.dtype("floats");
    const { logits, labels, rows, most } = classified(d, dtype);
    const data = rows.map((row, i) => logSumExp(row) - entry(row, entry(labels.data, i)));
    return { args: [logits, labels], wanted: want(dtype, { shape: labels.shape, data }, { magnitude: most }) };
  },
};

const softmaxCrossEntropyGradient: Word = {
  draw(d) {
    const dtype = d.dtype("floats");
    const { logits, labels, rows } = classified(d, dtype);
    const gradient = d.tensor(labels.shape, dtype, { from: -2, to: 2, special: [0] });
    const result = build(logits.shape, ([i = 0, j = 0]) => {
      const row = entry(rows, i);
      return (Math.exp(entry(row, j) - logSumExp(row)) - Number(entry(labels.data, i) === j)) * entry(gradient.data, i);
    });
    return { args: [logits, labels, gradient], wanted: want(dtype, result, { magnitude: 2 }) };
  },
};

/** All of them. */
export const products: Words = {
  matmul,
  tensordot,
  einsum,
  linear,
  activationGradient,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  outer: vectors(["i", "j"], ["i", "j"]),
  dot: vectors([], ["i", "i"]),
};
