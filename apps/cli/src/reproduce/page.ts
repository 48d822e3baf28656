/** The page of all results, in Markdown. It explains how it was made, and is a function of recipes and runs alone. */
import type { Comparison } from "./compare.ts";
import type { Recipe, Run } from "./recipe.ts";
import {
  agreementInWords,
  figureInWords,
  plateausInWords,
  publishedInWords,
  settingsInWords,
  spreadInWords,
  statisticInWords,
  timeInWords,
  verdictInWords,
} from "./words.ts";

/** The outcome of a recipe, with its runs. Without runs, the comparison is undefined. */
export interface Finding {
  readonly recipe: Recipe;
  readonly runs: readonly Run[];
  readonly comparison: Comparison | undefined;
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The anchor of a heading. */
const link = ({ name }: Recipe): string => `[${name}](#${name})`;

function overview(findings: readonly Finding[]): string[] {
  const rows = findings.flatMap(({ recipe, runs, comparison }) => {
    if (!comparison) return [row([link(recipe), "", "", "", "0", "not run yet"])];
    return comparison.rows
      .filter(({ agrees }) => agrees !== undefined)
      .map((found) =>
        row([
          link(recipe) + (recipe.kind === "gradients" ? `, ${found.what}` : ""),
          publishedInWords(recipe, found),
          figureInWords(recipe, found.measured),
          spreadInWords(recipe, found),
          runs.length < recipe.seeds ? `${runs.length} of ${recipe.seeds}` : String(runs.length),
          verdictInWords(recipe, found),
        ]),
      );
  });
  return [
    row(["experiment", "published", "measured", "least to most", "seeds", ""]),
    "|---|--:|--:|--:|--:|---|",
    ...rows,
  ];
}

function section({ recipe, runs, comparison }: Finding): string[] {
  const others = (comparison?.rows ?? []).filter(({ agrees }) => agrees === undefined);
  const epochs = others.map(
    (found) =>
      `${found.what}: ${publishedInWords(recipe, found)} published, ${figureInWords(recipe, found.measured)} measured`,
  );
  const plateau = recipe.kind === "training" ? recipe.plateau : undefined;
  return [
    `### ${recipe.name}`,
    "",
    `${recipe.about[0]?.toUpperCase()}${recipe.about.slice(1)}. Source: ${recipe.source}.`,
    "",
    `- ${settingsInWords(recipe).join(" · ")}`,
    `- Compared: ${statisticInWords(recipe, runs.length || recipe.seeds)}. Ours ${verdictInWords(recipe, { agrees: true }).replace(/^no/, "is no")} ${agreementInWords(recipe)}.`,
    ...epochs.map((text) => `- In ${text} (the mean).`),
    ...(plateau === undefined || comparison?.onPlateau === undefined
      ? []
      : [`- ${plateausInWords(comparison.onPlateau, runs.length, plateau)}.`]),
    ...(recipe.note === undefined ? [] : [`- ${recipe.note}`]),
    comparison ? `- It took ${timeInWords(comparison.seconds)}.` : "- It was not run yet.",
  ];
}

/** The page. */
export function page(findings: readonly Finding[]): string {
  const runs = findings.flatMap((finding) => finding.runs);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const compared = findings.flatMap(({ comparison }) => comparison ?? []);
  const missing = findings.length - compared.length;
  const agree = compared.filter(({ agrees }) => agrees).length;
  return [
    "---",
    "title: Published experiments, reproduced",
    "---",
    "",
    "# Published experiments, reproduced",
    "",
    "`dlcc reproduce` trains the networks of Nielsen's book and of LeCun's table, and that of PyTorch's example, on the whole of MNIST, with the settings that the sources state (LeCun's are not published, so those are ours), and compares the results with the published ones. Each recipe defines the comparison, and when the two agree, before it runs.",
    "",
    ...(missing === 0
      ? []
      : [
          `${missing} of the ${findings.length} experiments ${missing === 1 ? "was" : "were"} not run yet: each takes long.`,
        ]),
    `Of ${compared.length} experiments ${agree} agree with the published result, or are no worse. The figures are per cent of the digits, right or (LeCun's) wrong; those of the vanishing gradient are norms. Least and most are figures of single seeds.`,
    "",
    ...overview(findings),
    "",
    "## How this page was made",
    "",
    "This page is the unchanged output of the second command; nothing in it was written by hand:",
    "",
    "```sh",
    "dlcc reproduce --all --results docs/results/reproduce.jsonl",
    "dlcc reproduce --all --results docs/results/reproduce.jsonl --no-training --markdown > docs/guide/reproduced.md",
    "```",
    "",
    "The file of results has a line for each seed, with its figures after every epoch; the first command trains the missing ones. Without the file, it trains all of them. With the same seeds the `wasm` backend gives the same figures on every machine, on any number of threads.",
    "",
    `- When: ${unique(runs.map(({ date }) => date)).join(", ")}`,
    `- Where: ${unique(runs.map((run) => `${run.machine}; ${run.backend}`)).join("; ")}`,
    "- Seeds: 1, 2, 3 and so on, up to the number in the table",
    `- Wall time, on a machine that was not otherwise idle: ${timeInWords(seconds)}`,
    "",
    "## The experiments",
    "",
    ...findings.flatMap((finding) => [...section(finding), ""]),
  ]
    .join("\n")
    .trimEnd();
}
