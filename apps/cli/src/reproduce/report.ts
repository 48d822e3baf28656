/** The output while recipes run: lines for people, JSON for programs, or a page in Markdown. */
import pc from "picocolors";
import { table } from "../learn/lesson.ts";
import { label, title, wrapped } from "../terminal/figures.ts";
import type { Comparison } from "./compare.ts";
import { seedFigure } from "./compare.ts";
import { type Finding, page } from "./page.ts";
import type { Recipe, Run } from "./recipe.ts";
import {
  agreementInWords,
  counted,
  figureInWords,
  plateausInWords,
  publishedInWords,
  settingsInWords,
  spreadInWords,
  statisticInWords,
  timeInWords,
  verdictInWords,
} from "./words.ts";

/** Receives the events of running recipes. */
export interface Report {
  /** Called before training. @param seeds The number of seeds. */
  begin(recipe: Recipe, seeds: number): void;
  /** Called after each seed. @param kept Whether it was in the results already. */
  run(recipe: Recipe, run: Run, kept: boolean): void;
  /** Called after all seeds of a recipe. Without seeds, the comparison is undefined. */
  compared(recipe: Recipe, runs: readonly Run[], comparison: Comparison | undefined): void;
  /** Called after all recipes. */
  end(): void;
}

type Write = (line: string) => void;

/** One JSON object per line. */
export const jsonReport = (write: Write): Report => {
  const emit = (event: string, fields: object): void => write(JSON.stringify({ event, ...fields }));
  return {
    begin: (recipe, seeds) => emit("recipe", { ...recipe, seeds }),
    run: (_, run, kept) => emit("run", { ...run, kept }),
    compared: ({ name }, _, comparison) => emit("comparison", comparison ?? { recipe: name, seeds: [] }),
    end: () => {},
  };
};

/** A page with all results, at the end. */
export const markdownReport = (write: Write): Report => {
  const findings: Finding[] = [];
  return {
    begin: () => {},
    run: () => {},
    compared: (recipe, runs, comparison) => void findings.push({ recipe, runs, comparison }),
    end: () => write(page(findings)),
  };
};

/** The width of the text after the name of a line, in 80 columns. */
const textColumns = 68;

/** Lines for people. */
export function textReport(write: Write): Report {
  const verdicts: boolean[] = [];
  const paragraph = (name: string, texts: readonly string[], separator: string): void =>
    wrapped(texts, separator, textColumns).forEach((text, i) => void write(label(i === 0 ? name : "", text)));
  const sentence = (name: string, text: string): void => paragraph(name, text.split(" "), " ");
  return {
    begin(recipe, seeds) {
      if (verdicts.length > 0) write("");
      write(title(`dlcc reproduce ${recipe.name}: ${recipe.about}`));
      sentence("source", recipe.source);
      paragraph("settings", settingsInWords(recipe), " · ");
      sentence("compared", statisticInWords(recipe, seeds));
      sentence(verdictInWords(recipe, { agrees: true }), agreementInWords(recipe));
      if (recipe.note !== undefined) sentence("note", recipe.note);
      write("");
    },
    run(recipe, run, kept) {
      const time = kept ? "from the results" : timeInWords(run.seconds);
      write(`  ${pc.dim(`seed ${String(run.seed).padStart(2)}`)}  ${seedInWords(recipe, run)} ${pc.dim(`· ${time}`)}`);
    },
    compared(recipe, runs, comparison) {
      if (!comparison) return write("  not run yet");
      verdicts.push(comparison.agrees);
      const rows = comparison.rows.map((row) => [
        row.what,
        publishedInWords(recipe, row),
        figureInWords(recipe, row.measured),
        spreadInWords(recipe, row),
        verdictInWords(recipe, row),
      ]);
      write("");
      for (const line of table(["", "published", "measured", "least to most", ""], rows)) write(line.trimEnd());
      if (recipe.kind === "training" && recipe.plateau !== undefined && comparison.onPlateau !== undefined) {
        write(`\n  ${plateausInWords(comparison.onPlateau, runs.length, recipe.plateau)}`);
      }
      write("");
      const said = `it ${verdictInWords(recipe, comparison).replace(/^(no )?worse/, "is $&")}`;
      write(`  ${comparison.agrees ? pc.green(said) : pc.yellow(said)}`);
    },
    end() {
      if (verdicts.length < 2) return;
      const agree = verdicts.filter((agrees) => agrees).length;
      write(`\n  ${agree} of ${counted(verdicts.length, "experiment")} agree`);
    },
  };
}

/** The result of a seed. */
function seedInWords(recipe: Recipe, run: Run): string {
  if (recipe.kind === "gradients") {
    return (run.figures.norms ?? []).map((norm) => figureInWords(recipe, norm).padEnd("0.000123".length)).join("  ");
  }
  const { epoch, figure } = seedFigure(recipe.statistic, run);
  return `${figureInWords(recipe, figure)} ${pc.dim(`in epoch ${epoch}`)}`;
}
