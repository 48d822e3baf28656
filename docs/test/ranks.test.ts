/**
 * The guide on many machines: its tables are drawn from what `npm run bench -- ranks` has measured, and from the simulation, which
 * is checked against that. `npm run pages` and `vitest -u` write them.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./examples.ts";
import { type Network, simulate, sliceOf, type Work } from "./simulate-ranks.ts";

interface Step {
  readonly hidden: number;
  readonly bytes: number;
  readonly batch: number;
  readonly milliseconds: number;
  readonly waiting: number;
}
interface Message {
  readonly bytes: number;
  readonly milliseconds: number;
  readonly work: number;
  readonly after: number;
  readonly overlapped: number;
}
interface Measured {
  readonly launcher: string;
  readonly library: string;
  readonly ranks: number;
  readonly threads: number;
  readonly steps: readonly Step[];
  readonly messages: readonly Message[];
}

const { machine, measured } = JSON.parse(readFileSync(path.join(root, "docs/results/ranks.json"), "utf8")) as {
  machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  measured: readonly Measured[];
};
const guide = "docs/guide/many-machines.md";

/** The guide with a part in place of what stands between its marks. */
function withPart(text: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  expect(text).toContain(begin);
  return text.slice(0, text.indexOf(begin) + begin.length) + part + text.slice(text.indexOf(end));
}

const of = (launcher: string, ranks: number): Measured => {
  const found = measured.find((one) => one.launcher === launcher && one.ranks === ranks);
  if (!found) throw new Error(`docs/results/ranks.json must have ${ranks} ranks of ${launcher}`);
  return found;
};
const stepOf = ({ steps }: Measured, hidden: number, batch: number): Step => {
  const found = steps.find((step) => step.hidden === hidden && step.batch === batch);
  if (!found) throw new Error(`docs/results/ranks.json must have 784-${hidden}-10 at batch ${batch}`);
  return found;
};

/** A rank alone, with all threads: two batches of one network tell what depends on the number of examples. */
const single = of("MPICH", 1);
const several = of("Open MPI", 2);

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString("en")} KB`;
const ms = (time: number): string => (time < 10 ? time.toFixed(2) : time.toFixed(1));
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

/** What the ranks of this machine do, from what one of them does alone, and from two messages between two. */
function modelOf(hidden: number): Work {
  const [few, many] = [stepOf(single, 128, 64), stepOf(single, 128, 512)];
  const perExample = (many.milliseconds - few.milliseconds) / (many.batch - few.batch);
  const fixed = Math.max(0, few.milliseconds - perExample * few.batch);
  const scale = hidden / 128;
  const { bytes } = stepOf(single, hidden, hidden === 32 ? 64 : 512);
  return { fixed: fixed * scale, perExample: perExample * scale * single.threads, bytes, spread: 0.05 };
}
const [smallest, large] = [several.messages[0], several.messages.find(({ bytes }) => bytes > 1e6)] as [
  Message,
  Message,
];
/** Two ranks swap halves twice: 2 α + n / β. */
const memory: Network = {
  latency: smallest.milliseconds / 2,
  bandwidth: large.bytes / (large.milliseconds - smallest.milliseconds),
};

/** Networks as they are sold, with latencies as measured between processes: orders of magnitude, not offers. */
const networks: readonly { readonly name: string; readonly network: Network }[] = [
  { name: "Ethernet, 10 Gbit/s, 30 µs", network: { latency: 0.03, bandwidth: 1.25e6 } },
  { name: "InfiniBand, 100 Gbit/s, 2 µs", network: { latency: 0.002, bandwidth: 12.5e6 } },
];

const cases = [
  { hidden: 128, batch: 64 },
  { hidden: 128, batch: 512 },
  { hidden: 512, batch: 512 },
  { hidden: 2048, batch: 512 },
];

function drawSteps(): string {
  const alone = measured[0] as Measured;
  const head = ["network", "gradients", "batch", `one process, ${alone.threads} threads`];
  const columns = ["Open MPI", "MPICH"].flatMap((launcher) => [1, 2, 4].map((ranks) => ({ launcher, ranks })));
  return [
    row([...head, ...columns.map(({ launcher, ranks }) => `${launcher}, ${ranks}`)]),
    row(["---", "--:", "--:", "--:", ...columns.map(() => "--:")]),
    ...cases.map(({ hidden, batch }) => {
      const step = stepOf(alone, hidden, batch);
      const cells = columns.map(({ launcher, ranks }) => {
        const { milliseconds, waiting } = stepOf(of(launcher, ranks), hidden, batch);
        return ranks === 1 ? ms(milliseconds) : `${ms(milliseconds)} (${Math.round(100 * waiting)} %)`;
      });
      return row([`784-${hidden}-10`, kilobytes(step.bytes), batch, ms(step.milliseconds), ...cells]);
    }),
  ].join("\n");
}

function drawOverlap(): string {
  return [
    row(["ranks", "library", "message", "all-reduce", "work", "one after the other", "at the same time"]),
    row(["--:", "---", "--:", "--:", "--:", "--:", "--:"]),
    ...["Open MPI", "MPICH"].flatMap((launcher) =>
      of(launcher, 2)
        .messages.filter(({ bytes }) => bytes >= 4096)
        .map(({ bytes, milliseconds, work, after, overlapped }) =>
          row([2, launcher, kilobytes(bytes), ...[milliseconds, work, after, overlapped].map((t) => t.toFixed(3))]),
        ),
    ),
  ].join("\n");
}

function drawChecks(): string {
  return [
    row(["network", "batch", "ranks", "Open MPI", "MPICH", "simulated"]),
    row(["---", "--:", "--:", "--:", "--:", "--:"]),
    ...cases.flatMap(({ hidden, batch }) =>
      [1, 2, 4].map((ranks) => {
        const found = ["Open MPI", "MPICH"].map((launcher) =>
          ms(stepOf(of(launcher, ranks), hidden, batch).milliseconds),
        );
        return row([`784-${hidden}-10`, batch, ranks, ...found, ms(simulated(hidden, batch, ranks))]);
      }),
    ),
  ].join("\n");
}

const simulated = (hidden: number, batch: number, ranks: number): number =>
  simulate(ranks, batch, modelOf(hidden), memory, machine.cores);

const many = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** How many times as many examples a second as on one rank. */
function drawMany(): string {
  const columns = networks.flatMap(({ name, network }) =>
    [128, 2048].map((hidden) => ({ title: `784-${hidden}-10, ${name}`, hidden, network })),
  );
  const perRank = 64;
  const whole = 8192;
  const speedups = (ranks: number): string[] =>
    columns.flatMap(({ hidden, network }) => {
      const work = modelOf(hidden);
      const weak = (ranks * simulate(1, perRank, work, network)) / simulate(ranks, ranks * perRank, work, network);
      const strong = simulate(1, whole, work, network) / simulate(ranks, whole, work, network);
      return [`${weak.toFixed(1)} / ${strong.toFixed(1)}`];
    });
  return [
    row(["ranks", ...columns.map(({ title }) => title)]),
    row(["--:", ...columns.map(() => "--:")]),
    ...many.map((ranks) => row([ranks.toLocaleString("en"), ...speedups(ranks)])),
  ].join("\n");
}

test("the tables of the guide (`vitest -u` draws them)", async () => {
  const file = path.join(root, guide);
  const parts: readonly (readonly [string, () => string])[] = [
    ["steps", drawSteps],
    ["overlap", drawOverlap],
    ["checks", drawChecks],
    ["many", drawMany],
  ];
  const text = parts.reduce((text, [name, draw]) => withPart(text, name, draw()), readFileSync(file, "utf8"));
  await expect(text).toMatchFileSnapshot(file);
});

describe("the simulation", () => {
  test("one rank that is never slower takes what it computes; two, the messages besides", () => {
    const work: Work = { fixed: 1, perExample: 0.5, bytes: 1000, spread: 0 };
    const network: Network = { latency: 0.25, bandwidth: 500 };
    expect(simulate(1, 8, work, network)).toBeCloseTo(1 + 8 * 0.5, 12);
    // Half of the bytes there, half of them back: 2 (α + n / 2β).
    expect(simulate(2, 8, work, network)).toBeCloseTo(1 + 4 * 0.5 + 2 * (0.25 + 500 / 500), 12);
    // Quarters, too: 2 (2 α + 3n / 4β).
    expect(simulate(4, 8, work, network)).toBeCloseTo(1 + 2 * 0.5 + 2 * (2 * 0.25 + 750 / 500), 12);
  });

  test("with bandwidth alone, the messages of R ranks take 2 n (R − 1) / R β", () => {
    const work: Work = { fixed: 0, perExample: 0, bytes: 1024, spread: 0 };
    for (const ranks of many) {
      expect(simulate(ranks, 1, work, { latency: 0, bandwidth: 1 })).toBeCloseTo((2 * 1024 * (ranks - 1)) / ranks, 6);
    }
  });

  test("a time slice of Linux: 1.4 ms on two cores, 2.8 ms on eight and more", () => {
    expect([1, 2, 4, 8, 64].map(sliceOf)).toEqual([0.7, 1.4, 2.1, 2.8, 2.8].map((slice) => expect.closeTo(slice, 12)));
  });

  test("more ranks than cores share them, and fewer have threads", () => {
    const work: Work = { fixed: 1, perExample: 1, bytes: 0, spread: 0 };
    // Two rounds there and two back, each after the slice of the other rank on the core.
    expect(simulate(4, 8, work, { latency: 0, bandwidth: 1 }, 2)).toBeCloseTo(2 * (1 + 2) + 4 * 1.4, 12);
    expect(simulate(1, 8, work, { latency: 0, bandwidth: 1 }, 2)).toBeCloseTo(1 + 4, 12);
  });

  test("is within a factor of 2 of what was measured", () => {
    for (const { hidden, batch } of cases) {
      for (const ranks of [1, 2, 4]) {
        for (const launcher of ["Open MPI", "MPICH"]) {
          const ratio = simulated(hidden, batch, ranks) / stepOf(of(launcher, ranks), hidden, batch).milliseconds;
          const what = `${hidden}, ${batch}, ${ranks} of ${launcher}: ${ratio}`;
          expect(Math.abs(Math.log2(ratio)), what).toBeLessThan(1);
        }
      }
    }
  });
});
