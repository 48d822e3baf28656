/**
 * Random cases: a word, arguments that are drawn from a seed, and what must come out by the word's definition. A case is
 * known by the seed and its number, so two numbers are all that has to be told to run it again.
 */
import { ArgumentError, type Backend, DlccError, type DType, tidy } from "@dlcc/tensor";
import { ConformanceError, compare, demand, describe } from "../conformance/harness.ts";
import { entry } from "../reference.ts";
import { call, describeArgument, replaced, tensorsOf } from "./arguments.ts";
import { Draws, type Kind } from "./draws.ts";
import { checkByDifferences, checkFlat, compareGradients } from "./gradient.ts";
import type { Example, Wanted, Word } from "./word.ts";
import { words, wordsOfOps } from "./words/index.ts";

/** What a backend can ask for. */
export interface RandomCaseOptions {
  /** Whether to leave out special values and large whole numbers, which a device may lack. Default: false. */
  readonly modest?: boolean;
  /** As in `conformance`. */
  readonly tolerance?: { readonly [D in "float32" | "float64"]?: number };
  /** Whether zeros must have the sign that IEEE 754 and NumPy give them. Default: true. */
  readonly signedZeros?: boolean;
}

/** One call of a word, which can be checked on any backend. */
export interface RandomCase {
  /** The op that is called. */
  readonly word: string;
  /** The call, with the beginnings of its tensors written out. */
  text(): string;
  /** The dtype that it is about: not that of indices or conditions. */
  readonly dtype: DType;
  /** The dtypes that a backend must have for it. */
  readonly dtypes: readonly DType[];
  /** Whether the op has a derivative other than 0. */
  readonly hasDerivative: boolean;
  /** Calls the word on a backend that has the dtypes. Rejects with a `ConformanceError` that names the word, the element and its error. */
  check(backend: Backend): Promise<void>;
  /** Checks the derivatives against differences, in `float64` on cpu; of an op that has none, that it passes nothing back. */
  checkDerivative(): Promise<void>;
  /** Compares a backend's gradients in `float32` with those in `float64`. */
  compareGradients(backend: Backend): Promise<void>;
}

const exact: Readonly<Record<DType, number>> = { float32: 1e-6, float64: 1e-13, int32: 0, bool: 0 };

const resultsOf = ({ wanted }: Example): readonly Wanted[] => (typeof wanted === "string" ? [] : [wanted].flat());

function dtypesOf(example: Example): DType[] {
  const dtypes = new Set<DType>(resultsOf(example).map(({ dtype }) => dtype));
  replaced(example.args, (x) => {
    dtypes.add(x.dtype);
    return x;
  });
  return [...dtypes];
}

/**
 * A random case of an op: dtypes, ranks from 0 to 5, axes of length 0, 1 and more, broadcasting, tensors in every layout that
 * views can have, NaN, infinities, both zeros and the ends of `int32`. What must come out is computed by the definition, in
 * plain loops. Case 0, 1, … are of one op after the other, in the order of the alphabet, and then from the beginning.
 *
 * @param seed A whole number from 0.
 * @param index The number of the case, from 0: the same two numbers give the same case.
 * @throws {ArgumentError} if there is no definition of the op yet.
 * @example
 * ```ts
 * import { cpu } from "@dlcc/tensor";
 * import { randomCase } from "@dlcc/testing";
 *
 * const one = randomCase(1, 0);
 * await one.check(cpu);
 * console.log(one.word, one.hasDerivative); // → abs true
 * ```
 */
export function randomCase(seed: number, index: number, options: RandomCaseOptions = {}): RandomCase {
  const name = wordOf(index);
  const word = words[name];
  if (!word)
    throw new ArgumentError(
      `randomCase: each op must have a row in packages/testing/src/random/words, and ${name} has none`,
    );
  const draws = (kind: Kind): Draws => new Draws(seed, index, Math.floor(index / wordsOfOps.length), kind);
  const drawn = draws(options.modest ? "modest" : "any");
  const example = word.draw(drawn);
  const smooth = (): Example => word.draw(draws("smooth"));
  const dtypes = dtypesOf(example);
  const checkOne = word.flat ? checkFlat : checkByDifferences;
  return {
    word: name,
    text: () => textOf(name, example),
    dtype: drawn.drawn ?? entry(dtypes, dtypes.length - 1),
    dtypes,
    hasDerivative: !word.flat,
    check: (backend) => check(name, word, example, backend, options),
    checkDerivative: () => inWords(name, smooth(), (one) => checkOne(name, word, one)),
    compareGradients: (backend) => inWords(name, smooth(), (one) => compareGradients(name, word, one, backend)),
  };
}

/** The op that a case is of. */
export const wordOf = (index: number): string => entry(wordsOfOps, index % wordsOfOps.length);

const textOf = (name: string, { args }: Example): string => `${name}(${args.map(describeArgument).join(", ")})`;

/** Checks a derivative, and says of what. What has no result has no derivative. */
async function inWords(name: string, example: Example, run: (example: Example) => Promise<void>): Promise<void> {
  if (typeof example.wanted === "string") return;
  try {
    await run(example);
  } catch (error) {
    throw new ConformanceError(`${textOf(name, example)}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

async function check(
  name: string,
  word: Word,
  example: Example,
  backend: Backend,
  { tolerance, signedZeros = true }: RandomCaseOptions,
): Promise<void> {
  const subject = { backend, tolerance: { ...exact, ...tolerance } };
  const run = (): unknown =>
    call(
      name,
      word,
      replaced(example.args, (x) => x.on(backend)),
    );
  const got = await attempt(async () => tensorsOf(word, await (word.isAsync ? run() : tidy(run))));
  const what = textOf(name, example);
  if (got instanceof Error) {
    demand(got.name === example.wanted, `${what} on ${backend.name}: ${got.name}: ${got.message}`);
    return;
  }
  const wanted = resultsOf(example);
  demand(
    got.length === wanted.length,
    `${what} on ${backend.name}: expected ${typeof example.wanted === "string" ? example.wanted : `${wanted.length} results`}, got ${got.length}`,
  );
  for (const [i, result] of got.entries()) {
    const one = entry(wanted, i);
    demand(
      describe(result.shape) === describe(one.shape) && result.dtype === one.dtype,
      `${what} on ${backend.name}: expected ${one.dtype} ${describe(one.shape)}, got ${result.dtype} ${describe(result.shape)}`,
    );
    const data = await result.data();
    compare(subject, what, one, data);
    if (signedZeros && one.signed) checkZeros(what, one, data);
    result.dispose();
  }
}

/** The signs of zeros. */
function checkZeros(what: string, { dtype, data }: Wanted, got: ArrayLike<number>): void {
  if (dtype !== "float32" && dtype !== "float64") return;
  data.forEach((value, i) => {
    demand(
      value !== 0 || got[i] !== 0 || Object.is(value, got[i]),
      `${what}: element ${i} must be ${Object.is(value, -0) ? "-0" : "0"}`,
    );
  });
}

/** What came of it, or dlcc's error. */
async function attempt<T>(run: () => Promise<T>): Promise<T | DlccError> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof DlccError) return error;
    throw error;
  }
}
