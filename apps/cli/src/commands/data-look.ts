import type { Command } from "commander";
import pc from "picocolors";
import { commandLine } from "../command-line.ts";
import type { Context } from "../context.ts";
import { type LookedAt, type Reading, readColumn } from "../table/kinds.ts";
import { lookAt, namesOf, rowAbove, tableNotes } from "../table/look.ts";
import { optionFor, shown } from "../table/names.ts";
import { resolved } from "../table/prepare.ts";
import { noteLines, readingFacts, readingLines, sizeText } from "../table/report.ts";
import { strayRow } from "../table/stray.ts";
import { label, title } from "../terminal/figures.ts";
import { addColumnOptions, type ColumnFlags } from "./train-csv.ts";

/** Adds `data look`. */
export function addDataLook(data: Command, { write }: Context): void {
  const command = data
    .command("look")
    .argument("<file>", "a CSV file in UTF-8")
    .summary("say what each column of a table is, before anything is learned")
    .description(
      "Says what dlcc train csv would make of each column: its kind, its first value, how many values are missing, what looks suspicious, and how to say otherwise.",
    );
  addColumnOptions(command);
  command
    .option("--json", "print one JSON object, and nothing else")
    .addHelpText(
      "after",
      "\nExamples:\n  dlcc data look houses.csv\n  dlcc data look houses.csv --categories zip --dates sold",
    )
    .action(async (file: string, { json, ...options }: ColumnFlags & { readonly json?: boolean }) => {
      const table = await lookAt(file, options);
      const asked = { ...options, ...resolved(table, options) };
      const columns = table.columns.map((column) => readColumn(column, table, asked));
      const notes = tableNotes(table, options.header);
      if (json) {
        const { rows, delimiter } = table;
        write(JSON.stringify({ event: "look", file, rows, delimiter, notes, columns: readingFacts(columns) }));
        return;
      }
      write(title(`dlcc: looking at ${file}`));
      write(label("data", sizeText(table)));
      write("");
      for (const line of readingLines(columns)) write(`  ${line}`);
      const suspicious = noteLines(columns, notes);
      if (suspicious.length > 0) write("");
      for (const line of suspicious) write(`  ! ${line}`);
      const advice = adviceOn(table, columns, options);
      if (advice.length === 0) return;
      write("");
      write(`  ${pc.dim("try next")}`);
      for (const [line, why] of advice) {
        write(`    ${line}`);
        write(`      ${why}`);
      }
    });
}

/** Commands to try next, and what they do; none if the table must be changed first. */
function adviceOn(
  table: LookedAt,
  columns: readonly Reading[],
  { header, dayFirst, ...options }: ColumnFlags,
): readonly (readonly [command: string, why: string])[] {
  const { file, rows } = table;
  const again: [command: string, why: string][] =
    header && rowAbove(table).length > 0
      ? [[commandLine(["dlcc", "data", "look", file, "--no-header"]), "if the first line is a row"]]
      : [];
  const useful = columns.filter(({ plan }, i) => plan && !table.columns[i]?.isConstant);
  const target = useful.findLast(({ plan }) => plan?.kind !== "date")?.name;
  if (target === undefined || useful.length < 2 || rows < 2 || strayRow(table) !== undefined) return again;
  const wrong = columns.filter(({ problem }) => problem !== undefined).map(({ name }) => name);
  const named = [
    ["--ignore", wrong],
    ...(["categories", "text", "numbers", "dates"] as const).map((name) => [`--${name}`, options[name] ?? []] as const),
  ] as const;
  const words = [
    ...["dlcc", "train", "csv", file, "--target", target],
    ...(columns.some(({ missing, plan }) => missing > 0 && plan) ? ["--missing", "fill"] : []),
    ...(dayFirst ? ["--day-first"] : []),
    ...(header ? [] : ["--no-header"]),
  ];
  const flags = named.flatMap(([flag, names]) =>
    names.length > 0 ? [optionFor(flag, namesOf(table, names), table.header)] : [],
  );
  return [...again, [[commandLine(words), ...flags].join(" "), shown(`learn to predict ${target} from the others`)]];
}
