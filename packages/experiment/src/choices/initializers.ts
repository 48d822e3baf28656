import type { Initializer } from "@dlcc/layers";
import { type Choice, codeFrom, type Ingredients } from "./choice.ts";

/** The initial values of weights and biases. */
export interface InitialValues {
  /** Of a layer's weights. */
  readonly weight: Initializer;
  /** Of its biases. */
  readonly bias: Initializer;
}

/** An initializer of `@dlcc/layers`, and its code in a program. */
interface Part {
  readonly make: (from: Ingredients) => Initializer;
  readonly code: string;
  /** The name that the code imports from `@dlcc/layers`. */
  readonly calls: string;
}

type Plain = "heNormal" | "heUniform" | "xavierNormal" | "xavierUniform" | "fanInUniform" | "nielsen" | "normal";

/** An initializer without options. */
const plain = (name: Plain): Part => ({ make: (from) => from[name](), code: `${name}()`, calls: name });

const zeros: Part = { make: ({ constant }) => constant(0), code: "constant(0)", calls: "constant" };

/** The initial weights of chapter 6 of Nielsen's book, whose program counts a kernel's outputs after the 2×2 pooling. */
const fanOutNormal: Part = {
  make:
    ({ normal }) =>
    (init) =>
      normal((init.shape.length > 2 ? 2 : 1) / Math.sqrt(init.fanOut))(init),
  code: "(init) => normal((init.shape.length > 2 ? 2 : 1) / Math.sqrt(init.fanOut))(init)",
  calls: "normal",
};

/** The code of an initializer is two options of `Linear`. */
const row = (name: string, title: string, about: string, weight: Part, bias: Part = zeros): Choice<InitialValues> => ({
  name,
  title,
  about,
  value: (from) => ({ weight: weight.make(from), bias: bias.make(from) }),
  code: codeFrom("@dlcc/layers", `weight: ${weight.code}, bias: ${bias.code}`, ...new Set([weight.calls, bias.calls])),
});

/** The initializers; the usual one first. */
export const initializers: readonly Choice<InitialValues>[] = [
  row("he", "He", "normal, variance 2/inputs: for ReLU", plain("heNormal")),
  row("he-uniform", "He, uniform", "uniform, variance 2/inputs", plain("heUniform")),
  row("xavier", "Xavier", "normal, variance 2/(inputs + outputs): for sigmoid, tanh", plain("xavierNormal")),
  row("xavier-uniform", "Xavier, uniform", "uniform, variance 2/(inputs + outputs)", plain("xavierUniform")),
  row("pytorch", "PyTorch’s", "uniform, +-1/sqrt(inputs)", plain("fanInUniform"), plain("fanInUniform")),
  row("nielsen", "Nielsen’s", "normal, variance 1/inputs; biases N(0, 1)", plain("nielsen"), plain("normal")),
  row(
    "fan-out",
    "Normal by outputs",
    "N(0, 1/outputs), of kernels N(0, 4/outputs); biases N(0, 1)",
    fanOutNormal,
    plain("normal"),
  ),
  row("normal", "N(0, 1)", "N(0, 1), all: how Nielsen's book begins", plain("normal"), plain("normal")),
  row("zero", "All zero", "all 0: shows why that can't learn", zeros),
];
