/** Measures the figures of docs/results/pictures.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { loadMnist } from "@dlcc/data/node";
import { loadModel } from "@dlcc/experiment/node";
import { sureFrom } from "../../src/digits/doubt.ts";
import { easy, hard, more } from "./kinds.ts";
import { calibrated, calibration, doubted, heldOut, right, rightOfRaw, suretiesOf, trained } from "./reading.ts";
import { type Results, resultsFile } from "./results.ts";

/** Changes the file at once, so that what is measured is kept if the rest is stopped. */
function write(change: (results: Results) => Results): void {
  const old = JSON.parse(readFileSync(resultsFile, "utf8")) as Results;
  writeFileSync(resultsFile, `${JSON.stringify(change(old), undefined, 2)}\n`);
}

const share = (value: number): number => Number(value.toFixed(3));

/**
 * Measures all parts, or some: kinds of pictures by their names, `raw` and `doubt`.
 *
 * @param file The network; without it, one is trained. @param log Called with a line for each part.
 */
export async function measure(
  data: string,
  { file, parts, out, log }: { file?: string; parts: readonly string[]; out: string; log: (line: string) => void },
): Promise<void> {
  const model = file === undefined ? await trained(data, out) : await loadModel(file);
  const { test: digits } = await loadMnist(data);
  const kinds = { ...hard, ...easy, ...more };
  const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
  for (const [name, kind] of Object.entries(kinds)) {
    if (!wanted(name)) continue;
    const { of } = JSON.parse(readFileSync(resultsFile, "utf8")) as Results;
    const after = right(model, digits, kind, of);
    log(`${name}: ${after} of ${of}`);
    write((old) => {
      const found = { ...old.kinds, [name]: { before: old.kinds[name]?.before ?? null, after } };
      const inOrder = Object.keys(kinds).flatMap((key) => (found[key] ? [[key, found[key]]] : []));
      return { ...old, kinds: Object.fromEntries(inOrder) };
    });
  }
  if (wanted("raw")) {
    const after = rightOfRaw(model, digits);
    log(`raw: ${after}`);
    write((old) => ({ ...old, raw: { ...old.raw, after } }));
  }
  if (wanted("doubt")) {
    const counts = { pictures: 300, digits: 3000, others: 300 };
    const chosen = calibrated(await suretiesOf(model, digits, counts, calibration));
    const judged = await suretiesOf(model, digits, counts, heldOut);
    const shares = {
      wrong: share(doubted(judged.wrong, sureFrom)),
      right: share(doubted(judged.right, sureFrom)),
      others: share(doubted(judged.others, sureFrom)),
    };
    log(`doubt: calibrated ${chosen}, in use ${sureFrom}; ${judged.wrong.length} wrong; ${JSON.stringify(shares)}`);
    write((old) => ({ ...old, doubt: { ...counts, calibrated: chosen, wrong: judged.wrong.length, shares } }));
  }
}
