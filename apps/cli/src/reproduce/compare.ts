/** Compares published figures with ours, and decides whether they agree. Pure functions of recipes and runs. */
import type { Agreement, GradientRecipe, Recipe, Run, Statistic, TrainingRecipe } from "./recipe.ts";

/** A published figure, and ours. */
export interface Row {
  /** The name of the figure. */
  readonly what: string;
  readonly published: number;
  readonly measured: number;
  /** The least of the seeds. */
  readonly least: number;
  readonly most: number;
  /** Undefined if the row decides nothing. */
  readonly agrees?: boolean;
}

/** The outcome of a recipe. */
export interface Comparison {
  readonly recipe: string;
  readonly seeds: readonly number[];
  readonly rows: readonly Row[];
  readonly agrees: boolean;
  /** The number of seeds that stayed on a plateau, if the recipe counts them. */
  readonly onPlateau?: number;
  /** The time of all seeds. */
  readonly seconds: number;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const spread = (numbers: readonly number[]): Pick<Row, "least" | "most"> => ({
  least: Math.min(...numbers),
  most: Math.max(...numbers),
});

/** A curve that a run must have. */
function curveOf({ recipe, seed, figures }: Run, name: keyof Run["figures"]): readonly number[] {
  const curve = figures[name];
  if (!curve || curve.length === 0) throw new Error(`seed ${seed} of ${recipe} must have ${name} figures, got none`);
  return curve;
}

/** The epoch that a statistic uses, counted from 0. */
function epochOf({ of, at }: Statistic, run: Run): number {
  if (at === "last epoch") return curveOf(run, of).length - 1;
  if (at === "best epoch") return curveOf(run, of).indexOf(Math.max(...curveOf(run, of)));
  const validation = curveOf(run, "validation");
  return validation.lastIndexOf(Math.max(...validation));
}

/** The figure of one seed: the epoch, counted from 1, and its figure in per cent. */
export function seedFigure(statistic: Statistic, run: Run): { readonly epoch: number; readonly figure: number } {
  const epoch = epochOf(statistic, run);
  const right = curveOf(run, statistic.of)[epoch] ?? Number.NaN;
  return { epoch: epoch + 1, figure: statistic.as === "error" ? 100 - right : right };
}

/** The statistic: one figure from those of the seeds. */
function over({ over: how, as }: Statistic, figures: readonly number[]): number {
  if (how === "mean") return mean(figures);
  return as === "error" ? Math.min(...figures) : Math.max(...figures);
}

/** The tolerance for rounding in sums: far below a hundredth of a point, the precision of the figures. */
const rounding = 1e-9;

/** Whether a curve is higher at its end than halfway. */
const rises = (curve: readonly number[]): boolean =>
  (curve.at(-1) ?? Number.NaN) > (curve[Math.ceil(curve.length / 2) - 1] ?? Number.NaN);

function agree(agreement: Agreement, measured: number, recipe: TrainingRecipe, runs: readonly Run[]): boolean {
  if ("within" in agreement) return Math.abs(measured - recipe.published) <= agreement.within + rounding;
  if ("atMost" in agreement) return measured <= agreement.atMost + rounding;
  const [least, most] = agreement.risingBetween;
  return runs.every((run) => {
    const { figure } = seedFigure(recipe.statistic, run);
    return figure >= least && figure <= most && rises(curveOf(run, recipe.statistic.of));
  });
}

function compareTraining(recipe: TrainingRecipe, runs: readonly Run[]): Pick<Comparison, "rows" | "agrees"> {
  const { statistic, agreement, published, publishedEpochs = {} } = recipe;
  const figures = runs.map((run) => seedFigure(statistic, run).figure);
  const measured = over(statistic, figures);
  const agrees = agree(agreement, measured, recipe, runs);
  const epochs = Object.entries(publishedEpochs).map(([epoch, then]): Row => {
    const ours = runs.map((run) => curveOf(run, statistic.of)[Number(epoch) - 1] ?? Number.NaN);
    return { what: `epoch ${epoch}`, published: then, measured: mean(ours), ...spread(ours) };
  });
  return { agrees, rows: [{ what: "statistic", published, measured, ...spread(figures), agrees }, ...epochs] };
}

function compareGradients(recipe: GradientRecipe, runs: readonly Run[]): Pick<Comparison, "rows" | "agrees"> {
  const rows = recipe.published.map((published, layer): Row => {
    const norms = runs.map((run) => curveOf(run, "norms")[layer] ?? Number.NaN);
    const { least, most } = spread(norms);
    const agrees = least <= published && published <= most;
    return { what: `hidden layer ${layer + 1}`, published, measured: mean(norms), least, most, agrees };
  });
  return { rows, agrees: rows.every(({ agrees }) => agrees) };
}

/** Compares the figures of a recipe's seeds with the published ones. */
export function compare(recipe: Recipe, runs: readonly Run[]): Comparison {
  if (runs.length === 0) throw new Error(`${recipe.name} must have at least one run, got none`);
  const { rows, agrees } = recipe.kind === "training" ? compareTraining(recipe, runs) : compareGradients(recipe, runs);
  const plateau = recipe.kind === "training" ? recipe.plateau : undefined;
  return {
    recipe: recipe.name,
    seeds: runs.map(({ seed }) => seed),
    rows,
    agrees,
    ...(plateau !== undefined &&
      recipe.kind === "training" && {
        onPlateau: runs.filter((run) => Math.max(...curveOf(run, recipe.statistic.of)) < plateau).length,
      }),
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
