/** `npm run bench`: dlcc against its peers, in one run. See README.md. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Case, caseId, cases } from "./cases.ts";
import { type Loop, loopId, loops } from "./loop.ts";
import { machine } from "./machine.ts";
import { paces, race } from "./measure.ts";
import { Peer } from "./peer.ts";
import { type Participant, type Report, type Table, tableOf } from "./report.ts";
import { type Entry, roster } from "./roster.ts";
import { print } from "./table.ts";
import { type Twins, twins } from "./twins.ts";

const usage = `npm run bench -- [--quick] [--only REGEX] [--json FILE]

  --quick       a short run: fewer samples, the same cases
  --only REGEX  only the pairs "case contender" that match, such as "matmul-256 tfjs-wasm"; "^step.*(dlcc|torch)"
  --json FILE   all samples and checks, too, as JSON
  --list        the pairs that there are, and no run`;

const progress = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

interface Options {
  readonly quick: boolean;
  readonly only: RegExp;
  readonly json: string | undefined;
  readonly list: boolean;
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      json: { type: "string" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  return { ...values, only: new RegExp(values.only), json: values.json };
}

/** What two processes run at once, to see what the cores are worth. */
const twinCase: Case = { kind: "matmul", n: 512 };

async function main({ quick, only, json, list }: Options): Promise<boolean> {
  const begin = performance.now();
  const here = machine();
  const runs = (c: Case, { id, kinds }: Entry): boolean => kinds.includes(c.kind) && only.test(`${caseId(c)} ${id}`);
  const entries = roster().filter((entry) => cases.some((c) => runs(c, entry)));
  const looped = [1, 2].filter((threads) => only.test(loopId(threads)));
  if (list) {
    for (const c of cases) for (const e of entries) if (runs(c, e)) console.log(`${caseId(c)} ${e.id}`);
    for (const threads of looped) console.log(loopId(threads));
    return true;
  }
  if (entries.length + looped.length === 0)
    throw new Error("--only leaves nothing to measure: --list shows what there is");

  const peers: Peer[] = [];
  const stop = (): void => {
    for (const peer of peers) peer.stop();
  };
  process.once("SIGINT", () => {
    stop();
    process.exit(130);
  });
  try {
    const contenders: Participant[] = [];
    let failed = false;
    for (const entry of entries) {
      const { id, title } = entry;
      if ("missing" in entry.start) {
        contenders.push({ id, title, version: undefined, note: `not found: ${entry.start.missing}` });
        continue;
      }
      try {
        const peer = await Peer.start(entry);
        peers.push(peer);
        contenders.push({ id, title, version: peer.version, note: undefined });
      } catch (error) {
        failed = true;
        contenders.push({ id, title, version: undefined, note: `failed to start: ${(error as Error).message}` });
      }
      progress(`${title}: ${contenders.at(-1)?.version ?? contenders.at(-1)?.note}`);
    }

    const pace = quick ? paces.quick : paces.full;
    const tables: Table[] = [];
    for (const c of cases) {
      const taking = peers.filter(({ entry }) => runs(c, entry));
      if (taking.length === 0) continue;
      const start = performance.now();
      const table = tableOf(c, await race(c, taking, pace));
      tables.push(table);
      failed ||= table.rows.some(({ failure }) => failure !== undefined);
      progress(`${table.id}: ${taking.length} contenders, ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }
    let cores: Twins | undefined;
    for (const peer of peers.filter(({ entry }) => entry.id === "dlcc-wasm-1" && runs(twinCase, entry))) {
      cores = await twins(twinCase, peer.entry, pace);
    }
    const found: Loop[] = [];
    for (const threads of looped) {
      found.push(...(await loops(threads, pace)));
      progress(`loop: ${threads === 1 ? "1 thread" : `${threads} threads`}`);
    }
    const seconds = (performance.now() - begin) / 1000;
    const report: Report = { machine: here, pace, seconds, contenders, cores, cases: tables, loops: found };
    console.log(print(report));
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`);
    return !failed;
  } finally {
    stop();
  }
}

try {
  // A contender that is here and fails, or does other work than the rest, fails the run.
  process.exitCode = (await main(options())) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
