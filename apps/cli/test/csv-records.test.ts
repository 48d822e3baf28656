/** Files are split line by line up to the first quote, and by csv-parse from there on: nobody sees where. */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readCsv } from "../src/table/csv.ts";
import { Records } from "../src/table/records.ts";
import { newPath } from "./dlcc.ts";

async function recordsOf(chunks: readonly string[], fromLine = 1): Promise<[fields: string[], line: number][]> {
  const found: [string[], number][] = [];
  const records = new Records({ delimiter: ",", fromLine }, (fields, line) => void found.push([fields, line]));
  await records.read(
    (async function* () {
      yield* chunks;
    })(),
  );
  return found;
}

const text = 'a,b\r\n 1 ,2\n\n \n3,4\n5,"x\n""y"""\n\n6,7\n8,9';
const records = [
  [["a", "b"], 1],
  [["1", "2"], 2],
  [["3", "4"], 5],
  [["5", 'x\n"y"'], 7],
  [["6", "7"], 9],
  [["8", "9"], 10],
];

test("records have the lines in which they end, whether quotes came before or not", async () => {
  expect(await recordsOf([text])).toEqual(records);
});

test("it makes no difference where a chunk ends", async () => {
  for (let at = 0; at <= text.length; at++)
    expect(await recordsOf([text.slice(0, at), text.slice(at)]), String(at)).toEqual(records);
  expect(await recordsOf([...text])).toEqual(records);
});

test("lines above the first record may hold anything, a quote alone, too", async () => {
  const top = '# 5" pipes\n# "a\n';
  expect(await recordsOf([top + text], 3)).toEqual(records.map(([fields, line]) => [fields, Number(line) + 2]));
  const file = newPath("table.csv");
  writeFileSync(file, `${top}a,b\n1,2\n`);
  expect(await readCsv(file)).toMatchObject({ header: ["a", "b"], rows: [["1", "2"]], lines: [4], comments: 2 });
});

test("lines that end with LF and with CRLF may be mixed, and all may end with CR", async () => {
  const rows = [
    [["a", "b"], 1],
    [["1", "2"], 2],
    [["3", "4"], 3],
  ];
  for (const mixed of ["a,b\r\n1,2\n3,4\r\n", "a,b\n1,2\r\n3,4", "a,b\r1,2\r3,4\r", "a,b\r1,2\r3,4"])
    expect(await recordsOf([mixed]), JSON.stringify(mixed)).toEqual(rows);
  const file = newPath("table.csv");
  writeFileSync(file, "# old\ra,b\r1,2\r");
  expect(await readCsv(file)).toMatchObject({ header: ["a", "b"], rows: [["1", "2"]], lines: [3] });
});

test("a fault behind many lines without quotes has its line in the file", async () => {
  const file = newPath("table.csv");
  writeFileSync(file, `a,b\n${"1,2\n".repeat(200_000)}3,"4"\n5,6"7\n`);
  await expect(readCsv(file)).rejects.toThrow(/line 200003: a quote in the middle of a field/);
  writeFileSync(file, `a,b\n${"1,2\n".repeat(10)}3,"4"\n5\n`);
  await expect(readCsv(file)).rejects.toThrow(/line 13: it must have as many fields as the first line, got 1/);
});

test("a line without an end is refused before it fills the memory", async () => {
  const file = newPath("table.csv");
  writeFileSync(file, `a,b\n${"1".repeat(2 ** 24 + 2 ** 21)}`);
  await expect(readCsv(file)).rejects.toThrow(/line 2: a row must have 16777216 characters at most/);
});
