import type { Command } from "commander";
import pc from "picocolors";
import { commandLine } from "../command-line.ts";
import type { Context } from "../context.ts";
import { readColumn } from "../table/kinds.ts";
import { lookAt, tableNotes } from "../table/look.ts";
import { shown } from "../table/names.ts";
import { resolved } from "../table/prepare.ts";
import { noteLines, readingFacts, readingLines, sizeText } from "../table/report.ts";
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
      const incomplete = columns.some(({ missing, plan }) => missing > 0 && plan);
      const target = columns.findLast(({ plan }) => plan && plan.kind !== "date")?.name;
      if (target === undefined) return;
      write("");
      write(`  ${pc.dim("try next")}`);
      const more = incomplete ? ["--missing", "fill"] : [];
      const header = options.header ? [] : ["--no-header"];
      write(`    ${commandLine(["dlcc", "train", "csv", file, "--target", target, ...more, ...header])}`);
      write(`      ${shown(`learn to predict ${target} from the others`)}`);
    });
}
