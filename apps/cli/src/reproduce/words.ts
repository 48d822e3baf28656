/** Describes recipes in words. */
import { architecture } from "@dlcc/experiment";
import { percent as share, thousands } from "../terminal/figures.ts";
import type { Row } from "./compare.ts";
import type { Agreement, Recipe, TrainingSettings } from "./recipe.ts";
import { inputOf } from "./train.ts";

/** How many digits there are. */
const outputs = 10;

/** How the learning rate goes on, after the first one. */
const schedulesInWords: Readonly<Record<TrainingSettings["schedule"], string>> = {
  constant: "",
  linear: " down to 0",
  step: ", × 0.7 after each epoch",
};

/** How a network is trained, or how its gradients are measured. */
export function settingsInWords(recipe: Recipe): string[] {
  const { hidden, activation, loss, init } = recipe.settings;
  const { layers = undefined, range = undefined } = recipe.kind === "training" ? recipe.settings : {};
  const inputs = inputOf({ ...(layers !== undefined && { layers }) }).shape;
  const network = [
    architecture({ inputs, hidden, outputs, layers }),
    ...(layers === undefined ? [] : [layers]),
    ...(hidden.length > 0 || layers !== undefined ? [activation] : []),
    loss,
  ];
  if (recipe.kind === "gradients") {
    return [...network, `init ${init}`, `the first ${thousands(recipe.settings.examples)} digits`];
  }
  const {
    outputInit,
    optimizer,
    lr,
    schedule,
    batchSize,
    shuffle = true,
    epochs,
    lambda,
    train,
    validation,
  } = recipe.settings;
  return [
    ...network,
    `init ${init}${outputInit === undefined ? "" : `, outputs ${outputInit}`}`,
    optimizer,
    `η ${lr}${schedulesInWords[schedule]}`,
    ...(lambda > 0 ? [`λ ${lambda}`] : []),
    `batch size ${batchSize}${shuffle ? "" : ", one order"}`,
    `${epochs} epochs`,
    ...(range === undefined ? [] : [`pixels from ${range.map((value) => Number(value.toFixed(4))).join(" to ")}`]),
    `${thousands(train)} digits${validation > 0 ? `, ${thousands(validation)} for validation` : ""}`,
  ];
}

/** The compared figure. @param seeds The number of seeds. */
export function statisticInWords(recipe: Recipe, seeds: number): string {
  if (recipe.kind === "gradients")
    return `the norm of the mean of δ in each hidden layer, over ${counted(seeds, "seed")}`;
  const { of, at, over, as } = recipe.statistic;
  const where = { "best epoch": "at its best epoch", "last epoch": "after the last epoch" } as const;
  const epoch = at === "best validation epoch" ? "at the epoch that is best on the validation digits" : where[at];
  const many = `the ${over} of ${counted(seeds, "seed")}`;
  return `${of} ${as} ${epoch}, ${many}`;
}

/** The rule for agreement. */
export function agreementInWords(recipe: Recipe): string {
  if (recipe.kind === "gradients") return "if each published norm is between the least and the most of the seeds";
  const rule: Agreement = recipe.agreement;
  if ("within" in rule) return `if it is within ${rule.within} points of the published figure`;
  if ("atMost" in rule) return `if it is at most ${rule.atMost} %`;
  const [least, most] = rule.risingBetween;
  return `if each seed's is between ${least} and ${most} %, and still rising`;
}

/** A figure of a recipe: per cent, or a norm to three digits. */
export const figureInWords = ({ kind }: Pick<Recipe, "kind">, figure: number): string =>
  kind === "training" ? share(figure / 100) : String(Number(figure.toPrecision(3)));

/** The published figure, with its published digits. */
export const publishedInWords = (recipe: Pick<Recipe, "kind">, { published }: Pick<Row, "published">): string =>
  recipe.kind === "training" ? figureInWords(recipe, published) : String(published);

/** From the least to the most of the seeds. */
export const spreadInWords = (recipe: Pick<Recipe, "kind">, { least, most }: Row): string =>
  least === most
    ? figureInWords(recipe, least)
    : `${figureInWords(recipe, least).replace(" %", "")} to ${figureInWords(recipe, most)}`;

/** Whether a recipe only requires an error not above the published one: a smaller error counts as no worse. */
const isOneSided = (recipe: Recipe): boolean =>
  recipe.kind === "training" && recipe.statistic.as === "error" && "atMost" in recipe.agreement;

/** The verdict on a row or a recipe; empty if it decides nothing. */
export function verdictInWords(recipe: Recipe, { agrees }: Pick<Row, "agrees">): string {
  if (agrees === undefined) return "";
  if (isOneSided(recipe)) return agrees ? "no worse" : "worse";
  return agrees ? "agrees" : "differs";
}

/** `1 seed`, `3 seeds`. */
export const counted = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`;

/** A time in minutes and seconds. */
export function timeInWords(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The sentence about plateaus. */
export const plateausInWords = (onPlateau: number, seeds: number, plateau: number): string =>
  `${onPlateau} of ${counted(seeds, "seed")} stayed on a plateau, below ${plateau} %`;
