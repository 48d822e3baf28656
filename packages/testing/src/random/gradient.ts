/** The derivatives of a random case: by differences in `float64`, and in `float32` against those in `float64`. */
import { gradCheck, valueAndGrad } from "@dlcc/autograd";
import { type Backend, concat, cpu, isFloat, mul, randn, reshape, sum, type Tensor, tidy } from "@dlcc/tensor";
import { demand } from "../conformance/harness.ts";
import { entry } from "../reference.ts";
import { call, replaced, tensorsOf } from "./arguments.ts";
import { Placed } from "./placed.ts";
import type { Argument, Example, Word } from "./word.ts";

/** The tensors among the arguments that a derivative can be taken by. */
function leavesOf(args: readonly Argument[]): Placed[] {
  const leaves: Placed[] = [];
  replaced(args, (x) => {
    if (isFloat(x.dtype)) leaves.push(x);
    return x;
  });
  return leaves;
}

/** The word as a function of those tensors: several results as one. */
function functionOf(
  name: string,
  word: Word,
  args: readonly Argument[],
  backend: Backend,
): (...leaves: readonly Tensor[]) => Tensor {
  return (...leaves) => {
    let next = 0;
    const given = replaced(args, (x) => (isFloat(x.dtype) ? entry(leaves, next++) : x.on(backend)));
    if (word.differentiable) return word.differentiable(...given);
    const floats = tensorsOf(word, call(name, word, given)).filter((x) => word.flat || isFloat(x.dtype));
    const [first] = floats;
    return first && floats.length === 1 ? first : concat(floats.map((part) => reshape(part, [-1])));
  };
}

/** Some elements of each tensor against central differences. */
export async function checkByDifferences(name: string, word: Word, { args }: Example): Promise<void> {
  const leaves = tidy(() => leavesOf(args).map((x) => x.on(cpu)));
  const f = functionOf(name, word, args, cpu);
  await gradCheck(f as (...inputs: Tensor[]) => Tensor, leaves, { elements: 2 });
}

/** That nothing is passed back, or nothing but 0. */
export async function checkFlat(name: string, word: Word, { args }: Example): Promise<void> {
  const leaves = tidy(() => leavesOf(args).map((x) => x.on(cpu)));
  const f = functionOf(name, word, args, cpu);
  if (leaves.length === 0 || word.isAsync) return;
  const { gradients } = valueAndGrad(() => sum(f(...leaves).cast("float64")), leaves);
  for (const gradient of gradients.values()) {
    const isZero = gradient.dataSync().every((value) => value === 0);
    demand(isZero, "a word that is called flat must pass nothing back: take flat out of its row");
  }
}

/** The gradients by all tensors of `Σ f · r`, and the size of what the error of a gradient is measured by. */
async function gradientsOn(
  backend: Backend,
  name: string,
  word: Word,
  args: readonly Argument[],
): Promise<{ gradients: readonly ArrayLike<number>[]; size: number }> {
  const leaves = tidy(() => leavesOf(args).map((x) => x.on(backend)));
  const f = functionOf(name, word, args, backend);
  const output = tidy(() => f(...leaves));
  const { dtype, shape } = output;
  const weights = await randn(shape, { seed: 1, dtype: "float32" })
    .cast(dtype === "float64" ? dtype : "float32")
    .to(backend);
  const { value, gradients } = valueAndGrad(() => sum(mul(f(...leaves), weights)), leaves);
  const size = Math.max(1, ...(await output.data()).map(Math.abs));
  const read = leaves.map(async (x) => gradients.get(x)?.data() ?? new Float64Array(x.size));
  const arrays = await Promise.all(read);
  for (const t of [output, weights, value, ...gradients.values(), ...leaves]) t.dispose();
  return { gradients: arrays, size };
}

/** An example's arguments with `float32` for `float64`. */
const inSingle = (args: readonly Argument[]): readonly Argument[] =>
  replaced(args, (x) => (x.dtype === "float64" ? new Placed("float32", x, x.layout) : x)).map((arg) =>
    arg === "float64" ? "float32" : arg,
  );

/** How far a gradient in `float32` may be off, relative to the largest element. */
const tolerance = 2e-5;

/** A backend's gradients in `float32` against those of the cpu backend in `float64`. */
export async function compareGradients(name: string, word: Word, { args }: Example, backend: Backend): Promise<void> {
  const exact = await gradientsOn(cpu, name, word, args);
  const got = await gradientsOn(backend, name, word, inSingle(args));
  exact.gradients.forEach((gradient, input) => {
    const wanted = Array.from(gradient);
    const scale = Math.max(exact.size, ...wanted.map(Math.abs));
    wanted.forEach((want, i) => {
      const value = got.gradients[input]?.[i] ?? Number.NaN;
      demand(
        Math.abs(value - want) <= tolerance * scale,
        `the gradient by input ${input}, element ${i}: expected ${want}, got ${value} on ${backend.name}`,
      );
    });
  });
}
