/** The report as text. */
import type { Loop } from "./loop.ts";
import type { Participant, Report, Table } from "./report.ts";
import { home } from "./roster.ts";
import { describe } from "./twins.ts";

export function print({ machine, contenders, cores, cases, loops, seconds }: Report): string {
  const title = (id: string): string => contenders.find((contender) => contender.id === id)?.title ?? id;
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}, ${machine.date}`,
    `dlcc at ${machine.commit ?? "no commit"}; load before the start ${machine.load.toFixed(2)}; ${seconds.toFixed(0)} s`,
    ...(cores ? [describe(cores)] : []),
    "",
    ...align(contenders.map(participant), "ll"),
    ...cases.flatMap((table) => ["", ...printCase(table, title)]),
    ...(loops.length > 0 ? ["", ...printLoops(loops)] : []),
    ...(cases.length > 1 ? ["", ...summary(cases, contenders)] : []),
  ];
  return lines.join("\n");
}

const participant = ({ title, version, note }: Participant): string[] => [title, version ?? note ?? ""];

function printCase({ title, unit, rows }: Table, name: (id: string) => string): string[] {
  const cells = rows.map(({ contender, spread, speed, failure, samples }) => {
    if (!spread) return [name(contender), failure === undefined ? "–" : "failed", "", "", ""];
    const between = `${number(spread.lowerQuartile)} to ${number(spread.upperQuartile)}`;
    return [name(contender), number(spread.median), between, multiple(speed), String(samples.length)];
  });
  const failures = rows.flatMap(({ contender, failure }) =>
    failure ? [`  ${name(contender)}: ${failure.split("\n")[0]}`] : [],
  );
  return [title, ...align([["", unit, "quartiles", "speed", "samples"], ...cells], "lrrrr"), ...failures];
}

/** What `fit` costs beside its steps. */
function printLoops(loops: readonly Loop[]): string[] {
  const rows = loops.map(({ threads, batch, examples, bare, fit, more }) => [
    `batch ${batch}, ${threads === 1 ? "1 thread" : `${threads} threads`}, examples on ${examples}`,
    ...[bare.median, fit.median].map(number),
    percent(more.median),
    `${percent(more.lowerQuartile)} to ${percent(more.upperQuartile)}`,
  ]);
  const title = "training loop on dlcc wasm: milliseconds a step, by hand and by fit, in turns";
  return [title, ...align([["", "bare", "fit", "more", "quartiles"], ...rows], "lrrrr")];
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** All cases at a glance: how many times as fast as dlcc cpu. */
function summary(cases: readonly Table[], contenders: readonly Participant[]): string[] {
  const present = contenders.filter(({ id }) => cases.some(({ rows }) => rows.some((row) => row.contender === id)));
  const rows = present.map(({ id, title }) => [
    title,
    ...cases.map((table) => multiple(table.rows.find(({ contender }) => contender === id)?.speed)),
  ]);
  return [
    `speed, as a multiple of ${present.find(({ id }) => id === home)?.title ?? home}'s`,
    ...align([["", ...cases.map(({ id }) => id)], ...rows], `l${"r".repeat(cases.length)}`),
  ];
}

/** Three digits: 123, 12.3, 1.23, 0.123. */
export function number(value: number): string {
  const digits = Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))));
  return value.toFixed(digits);
}

const multiple = (speed: number | undefined): string => (speed === undefined ? "–" : `${number(speed)}×`);

/** Pads the columns: `l` to the left, `r` to the right. */
export function align(rows: readonly (readonly string[])[], columns: string): string[] {
  const widths = [...columns].map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => (columns[i] === "r" ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join("  ")}`.trimEnd(),
  );
}
