/** `dlcc train --diagnose`, for people and for programs. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ChromeTrace, Profile } from "@dlcc/tensor";
import type { LayerReport } from "@dlcc/train";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../src/main.ts";
import { diagnosisTable, warningLines } from "../src/terminal/diagnosis.ts";
import { dlcc, json, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const irises = fileURLToPath(new URL("fixtures/iris.csv", import.meta.url));
const deep = [
  "--hidden",
  "30,30,30,30",
  "--activation",
  "sigmoid",
  "--init",
  "nielsen",
  "--optimizer",
  "sgd",
  "--lr",
  "0.1",
];
const train = ["train", "csv", irises, "--target", "species", "--epochs", "2", "--backend", "cpu"];

describe("dlcc train --diagnose", () => {
  test("--json: the layers and the warnings, before the report on their epoch", async () => {
    const events = await json(...train, ...deep, "--diagnose");
    expect(events.map(({ event }) => event)).toEqual(["start", "diagnosis", "epoch", "diagnosis", "epoch", "done"]);
    const { epoch, layers, warnings } = events[1] as unknown as LayerReport;
    expect(epoch).toBe(1);
    expect(layers.map(({ layer }) => layer)).toEqual(["layers.0", "layers.2", "layers.4", "layers.6", "layers.8"]);
    expect(warnings).toMatchObject([{ kind: "vanishing", layer: "layers.0" }]);
    // The course: each layer's gradient is some factor smaller than the next one's.
    const gradients = layers.map(({ gradient }) => gradient);
    expect(gradients).toEqual([...gradients].sort((a, b) => a - b));
  });

  test("for people: the warning once, with the options to try, and a table of the layers, in 80 columns", async () => {
    const { code, lines } = await dlcc([...train, ...deep, "--diagnose"]);
    expect(code).toBe(0);
    expect(lines.filter((line) => line.includes("! vanishing at layers.0"))).toHaveLength(1);
    expect(lines.join(" ").replace(/\s+/g, " ")).toMatch(/Try --activation relu --init he/);
    expect(lines.filter((line) => /^ {2}layers\.\d +(sigmoid|none) +\d\.\de-\d/.test(line))).toHaveLength(5);
    for (const line of lines.filter((text) => !text.includes(irises))) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("a network that learns is not warned of anything", async () => {
    const events = await json(...train, "--diagnose");
    expect((events[1] as unknown as LayerReport).warnings).toEqual([]);
  });

  test("digits, too; without the option nothing is diagnosed", async () => {
    const quick = ["train", "mnist", "--hidden", "16", "--epochs", "1"];
    const [looked, not] = [await json(...quick, "--diagnose"), await json(...quick)];
    expect(looked.map(({ event }) => event)).toEqual(["start", "diagnosis", "epoch", "done"]);
    expect(not.map(({ event }) => event)).toEqual(["start", "epoch", "done"]);
    expect(looked.at(-1)?.testAccuracy).toBe(not.at(-1)?.testAccuracy);
  });
});

const report: LayerReport = {
  epoch: 3,
  layers: [
    {
      layer: "a",
      activation: "relu",
      mean: 1,
      standardDeviation: 2,
      flat: 0.5,
      dead: 0.25,
      gradient: 1e-6,
      weightGradient: 1,
    },
    {
      layer: "b",
      activation: undefined,
      mean: 0,
      standardDeviation: 1,
      flat: 0,
      dead: 0,
      gradient: 1,
      weightGradient: 1,
    },
  ],
  warnings: [
    { kind: "dead", layer: "a", found: "it is", advice: "do" },
    { kind: "dead", layer: "b", found: "it is", advice: "do" },
  ],
};

test("a bar is full for the largest gradient, and empty for one a million times smaller", () => {
  const [a, b] = diagnosisTable(report).slice(-2) as [string, string];
  expect(a).toMatch(/^a {6}relu {8}1\.0e-6 {16,}1\.0 +2\.0 +50 % +25 %$/);
  expect(b).toContain("████████████");
});

test("a gradient of 0 or NaN has no bar", () => {
  for (const gradient of [0, Number.NaN]) {
    const layers = report.layers.map((layer) => ({ ...layer, gradient }));
    expect(diagnosisTable({ ...report, layers }).join("")).not.toContain("█");
  }
});

test("each kind of warning appears once, with the number of layers", () => {
  const warned = new Set<string>();
  expect(warningLines(report, warned).join(" ")).toMatch(
    /^! dead at a: it is \(1 more such layer\); do\. Try a smaller --lr/,
  );
  expect(warningLines(report, warned)).toEqual([]);
});

describe("dlcc train at a rate that is too large", () => {
  const few = ["--target", "petal width", "--epochs", "2", "--backend", "cpu"];
  const bold = ["train", "csv", irises, ...few, "--hidden", "none", "--optimizer", "sgd", "--lr", "100"];

  test("--json: the warning, once", async () => {
    const events = await json(...bold);
    const warnings = events.filter(({ event }) => event === "divergence");
    expect(warnings).toMatchObject([{ kind: "diverging", epoch: 1 }]);
  });

  test("for people: what it is, and what to try, in 80 columns", async () => {
    const { lines } = await dlcc(bold);
    const text = lines.join(" ").replace(/\s+/g, " ");
    expect(text).toMatch(/! diverging: the loss has grown from .* in epoch 1, batch \d+\. Try a smaller --lr/);
    for (const line of lines.filter((shown) => !shown.includes(irises)))
      expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

describe("dlcc train --profile", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "dlcc-profile-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "trace.json");

  test("--json: ops and spans, and a trace in the file that Chrome and Perfetto open", async () => {
    const events = await json(...train, "--profile", file);
    const found = events.find(({ event }) => event === "profile") as unknown as Profile & { file: string };
    expect(found.file).toBe(file);
    const steps = Number(events[0]?.stepsPerEpoch) * 2;
    expect(found.spans.map(({ name, calls }) => [name, calls])).toEqual(
      expect.arrayContaining([
        ["forward", steps],
        ["gradients", steps],
        ["optimizer", steps],
      ]),
    );
    expect(found.ops).toContainEqual(expect.objectContaining({ op: "softmaxCrossEntropy", calls: steps }));
    const trace = JSON.parse(readFileSync(file, "utf8")) as ChromeTrace;
    expect(trace.traceEvents.length).toBeGreaterThan(steps);
    for (const event of trace.traceEvents) expect(event).toMatchObject({ ph: "X", pid: 1, tid: 1 });
  });

  test("for people: a table before the result", async () => {
    const { lines } = await dlcc([...train, "--profile", file]);
    const table = lines.findIndex((line) => /^ {2}op +calls +ms +share +bytes/.test(line));
    const result = lines.findIndex((line) => line.includes("test accuracy"));
    expect(table).toBeGreaterThan(0);
    expect(result).toBeGreaterThan(table);
  });

  test("a trace that can't be written at the end costs neither the model nor its test", async () => {
    const gone = path.join(folder, "gone");
    mkdirSync(gone);
    const lines: string[] = [];
    const screen = { isTerminal: false, columns: 80, colour: false };
    const code = await run(
      [...train, "--json", "--profile", path.join(gone, "trace.json")],
      (line) => {
        lines.push(line);
        rmSync(gone, { recursive: true, force: true });
      },
      { screen },
    );
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(events.find(({ event }) => event === "profile")).toMatchObject({ file: null });
    expect(events.find(({ event }) => event === "warning")?.message).toMatch(
      /The trace was not written: .*trace\.json/,
    );
    expect(events.at(-1)).toMatchObject({ event: "done" });
  });

  test("a file that can't be written is refused before the training", async () => {
    const { code, lines } = await dlcc([...train, "--profile", path.join(folder, "none", "trace.json")]);
    expect(code).toBe(1);
    expect(lines.some((line) => /^ *epoch /.test(line))).toBe(false);
  });
});
