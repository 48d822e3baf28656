/** Measures the columns of the training rows as they come, and makes of them what a model stores. */
import { Generator } from "@dlcc/tensor";
import type { CategoryColumn, Column, DateColumn, NumberColumn, Standard } from "./column.ts";
import { TableError } from "./csv.ts";
import { dateFeature, dateFeatures } from "./dates.ts";
import type { Plan } from "./evidence.ts";
import { Moments } from "./moments.ts";
import { shown } from "./names.ts";

/** What fills a missing number: the mean, or the median, which a few large numbers don't move. */
export type Filling = "mean" | "median";

/** How missing values are filled. */
export interface FillOptions {
  readonly filling: Filling;
  /** How many values are missing in the column: an input says where. */
  readonly missing: number;
}

/** Of so many numbers the median is exact; of more, it is that of so many of them, drawn at random. */
const sampled = 100_000;

/** A sample of numbers, each with the same chance. Source: Vitter 1985, "Random sampling with a reservoir", algorithm R. */
class Sample {
  readonly #numbers: number[] = [];
  readonly #generator = new Generator(0);
  #seen = 0;

  add(value: number): void {
    this.#seen++;
    if (this.#numbers.length < sampled) this.#numbers.push(value);
    else {
      const at = Math.floor(this.#generator.uniform() * this.#seen);
      if (at < sampled) this.#numbers[at] = value;
    }
  }

  get median(): number {
    const sorted = Float64Array.from(this.#numbers).sort();
    const middle = sorted.length >> 1;
    const upper = sorted[middle] ?? Number.NaN;
    return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
  }
}

/** Measures a column. */
export interface Measure {
  /** Looks at the cells of more rows, without missing ones. */
  add(cells: Float64Array): void;
  /** The column; undefined if it is constant, so that nothing can be learned from it. @throws {TableError} if squares overflow. */
  column(): Column | undefined;
}

/** What measures the cells of a plan. @param fill How missing values are filled, if they are. */
export function measureOf(plan: Plan, file: string, fill?: FillOptions): Measure {
  if (plan.kind === "category") return new CategoryMeasure(plan, fill);
  return plan.kind === "date" ? new DateMeasure(plan, file, fill) : new NumberMeasure(plan, file, fill);
}

/** Mean and standard deviation; undefined if there is only one number. */
function standardOf(file: string, name: string, { constant, mean, standardDeviation }: Moments): Standard | undefined {
  if (constant) return undefined;
  if (Number.isFinite(standardDeviation) && standardDeviation > 0) return { mean, standardDeviation };
  throw new TableError(
    `${file}, column ${shown(name)}: the standard deviation must be finite and above 0, got ${standardDeviation} (mean ${mean}): write the numbers in another unit`,
  );
}

class NumberMeasure implements Measure {
  readonly #moments = new Moments();
  readonly #sample = new Sample();
  readonly #plan: Extract<Plan, { kind: "number" }>;
  readonly #file: string;
  readonly #fill: FillOptions | undefined;

  constructor(plan: Extract<Plan, { kind: "number" }>, file: string, fill: FillOptions | undefined) {
    this.#plan = plan;
    this.#file = file;
    this.#fill = fill;
  }

  add(cells: Float64Array): void {
    this.#moments.add(cells);
    if (this.#fill?.filling === "median") for (const cell of cells) this.#sample.add(cell);
  }

  column(): NumberColumn | undefined {
    const standard = standardOf(this.#file, this.#plan.name, this.#moments);
    const fill = this.#fill && {
      value: this.#fill.filling === "median" ? this.#sample.median : this.#moments.mean,
      flag: this.#fill.missing > 0,
    };
    return standard && { ...this.#plan, ...standard, ...(fill && { fill }) };
  }
}

class DateMeasure implements Measure {
  readonly #moments = dateFeatures.map(() => new Moments());
  readonly #plan: Extract<Plan, { kind: "date" }>;
  readonly #file: string;
  readonly #fill: FillOptions | undefined;

  constructor(plan: Extract<Plan, { kind: "date" }>, file: string, fill: FillOptions | undefined) {
    this.#plan = plan;
    this.#file = file;
    this.#fill = fill;
  }

  add(cells: Float64Array): void {
    dateFeatures.forEach((feature, i) => {
      this.#moments[i]?.add(cells.map((cell) => dateFeature(feature, cell)));
    });
  }

  column(): DateColumn | undefined {
    const features = dateFeatures.flatMap((feature, i) => {
      const moments = this.#moments[i];
      const standard = moments && standardOf(this.#file, this.#plan.name, moments);
      return standard ? [{ feature, ...standard }] : [];
    });
    const [{ mean: value } = { mean: Number.NaN }] = this.#moments;
    const fill = this.#fill && { value, flag: this.#fill.missing > 0 };
    return features.length === 0 ? undefined : { ...this.#plan, features, ...(fill && { fill }) };
  }
}

class CategoryMeasure implements Measure {
  readonly #counts: number[];
  readonly #plan: Extract<Plan, { kind: "category" }>;
  readonly #fill: FillOptions | undefined;

  constructor(plan: Extract<Plan, { kind: "category" }>, fill: FillOptions | undefined) {
    this.#plan = plan;
    this.#counts = plan.values.map(() => 0);
    this.#fill = fill;
  }

  add(cells: Float64Array): void {
    for (const cell of cells) this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
  }

  /** The names are those of the whole file. */
  column(): CategoryColumn | undefined {
    const [counts, { values }] = [this.#counts, this.#plan];
    const commonest = values[counts.indexOf(Math.max(...counts))] ?? "";
    const fill = this.#fill && { value: commonest, flag: this.#fill.missing > 0 };
    return values.length > 1 ? { ...this.#plan, counts, ...(fill && { fill }) } : undefined;
  }
}
