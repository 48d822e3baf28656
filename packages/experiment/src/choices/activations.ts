import type { Activation } from "@dlcc/layers";
import { type Choice, codeFrom } from "./choice.ts";

const row = (name: "relu" | "sigmoid" | "tanh", title: string, about: string): Choice<Activation> => ({
  name,
  title,
  about,
  value: (from) => from[name],
  code: codeFrom("@dlcc/layers", name, name),
});

/** The activations of hidden layers; the usual one first. */
export const activations: readonly Choice<Activation>[] = [
  row("relu", "ReLU", "max(0, z)"),
  row("sigmoid", "Sigmoid", "1 / (1 + e^-z)"),
  row("tanh", "Tanh", "tanh z"),
];
