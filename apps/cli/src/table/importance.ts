/**
 * How much a model depends on each column: how much worse it gets when the column's values are shuffled among the rows, so that
 * they say nothing any more. Source: Breiman 2001, "Random Forests", section 10; Fisher, Rudin and Dominici 2019.
 */
import type { Module } from "@dlcc/layers";
import { cpu, Generator, permutation, tensor, tidy, unrecorded } from "@dlcc/tensor";
import { batchesOf, type Part } from "../batches.ts";
import { longest } from "../largest.ts";
import { bar } from "../terminal/bars.ts";
import { percent, significant } from "../terminal/figures.ts";
import { inputsOf, type Schema, widthOf } from "./column.ts";
import { shown } from "./names.ts";

/** How much a column matters. */
export interface Importance {
  readonly column: string;
  /** By how much the accuracy falls, or the root mean square error rises in units of the target, in the mean of the shuffles. */
  readonly importance: number;
  /** The standard deviation over the shuffles. */
  readonly spread: number;
}

/** The most rows that are shuffled, and how often: enough for two digits. */
const [mostRows, shuffles] = [2000, 5];

/** Rows in memory. */
interface Rows {
  readonly x: Float32Array;
  readonly y: ArrayLike<number>;
  readonly count: number;
}

async function rowsOf(part: Part, width: number): Promise<Rows> {
  for await (const { x, y } of batchesOf(part, { size: mostRows, seed: 1, backend: cpu })) {
    const [xs, ys] = [Float32Array.from(await x.data()), Array.from(await y.data())];
    return { x: xs, y: ys, count: xs.length / width };
  }
  return { x: new Float32Array(0), y: [], count: 0 };
}

/** The importance of each column, the largest first. @param model On the cpu backend. */
export async function importances(part: Part, model: Module, { columns, target }: Schema): Promise<Importance[]> {
  model.eval();
  const width = inputsOf(columns);
  const { x, y, count } = await rowsOf(part, width);
  /** The accuracy, or minus the root mean square error. */
  const scoreOf = async (inputs: Float32Array): Promise<number> => {
    const outputs = unrecorded(() => tidy(() => model.forward(tensor(inputs, { shape: [count, width] }))));
    const values = await outputs.data();
    outputs.dispose();
    const n = values.length / count;
    let sum = 0;
    for (let row = 0; row < count; row++) {
      if (target.kind === "number") sum += ((values[row] as number) - (y[row] as number)) ** 2;
      else {
        const found = values.subarray(row * n, (row + 1) * n);
        sum += found.indexOf(Math.max(...found)) === y[row] ? 1 : 0;
      }
    }
    return target.kind === "number" ? -Math.sqrt(sum / count) * target.standardDeviation : sum / count;
  };
  const whole = await scoreOf(x);
  const found: Importance[] = [];
  let at = 0;
  for (const [i, column] of columns.entries()) {
    const size = widthOf(column);
    const losses: number[] = [];
    for (let shuffle = 0; shuffle < shuffles; shuffle++) {
      const order = permutation(new Generator(shuffle + 1, i), count);
      const shuffled = x.slice();
      for (let row = 0; row < count; row++) {
        const from = (order[row] as number) * width + at;
        shuffled.set(x.subarray(from, from + size), row * width + at);
      }
      losses.push(whole - (await scoreOf(shuffled)));
    }
    at += size;
    const mean = losses.reduce((a, b) => a + b) / shuffles;
    const spread = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / shuffles);
    found.push({ column: column.name, importance: mean, spread });
  }
  return found.sort((a, b) => b.importance - a.importance);
}

/** The most columns shown, and the width of the longest bar. */
const [most, barWidth] = [12, 20];

/** The importances for people, one column a line. */
export function importanceLines(found: readonly Importance[], { target }: Schema): string[] {
  const isNumber = target.kind === "number";
  const rows = found.slice(0, most);
  const largest = Math.max(0, ...rows.map(({ importance }) => importance));
  const figures = rows.map(({ importance }) => (isNumber ? significant(importance) : percent(importance)));
  const [width, figureWidth] = [longest(rows.map(({ column }) => shown(column))), longest(figures)];
  return [
    `what it depends on: ${isNumber ? "the error grows" : "the accuracy falls"} by so much when a column is shuffled`,
    ...rows.map(({ column, importance }, i) => {
      const share = largest > 0 ? importance / largest : 0;
      return `${shown(column).padEnd(width)}  ${(figures[i] ?? "").padStart(figureWidth)}  ${bar(share, barWidth)}`.trimEnd();
    }),
    ...(found.length > most ? [`and ${found.length - most} more: --json has them`] : []),
  ];
}
