import { expect, test } from "vitest";
import { dense } from "../src/networks.ts";
import { tableOf } from "../src/report.ts";
import { spreadOf } from "../src/statistics.ts";
import { align, number } from "../src/table.ts";

test("quantiles are those of NumPy's default", () => {
  // numpy.quantile([1, 2, 4, 8], [0, .25, .5, .75, 1])
  expect(spreadOf([8, 1, 4, 2])).toEqual({ min: 1, lowerQuartile: 1.75, median: 3, upperQuartile: 5, max: 8 });
});

test("the speed is the ratio of the medians: above 1 is faster than dlcc cpu", () => {
  const result = { check: 1, failure: undefined };
  const { rows } = tableOf({ kind: "step", network: dense, batch: 10 }, [
    { ...result, contender: "dlcc-cpu", samples: [4, 4, 4] },
    { ...result, contender: "fast", samples: [2, 1, 2] },
    { ...result, contender: "failed", samples: [], failure: "it ended" },
  ]);
  expect(rows.map(({ speed }) => speed)).toEqual([1, 2, undefined]);
});

test("a matmul is shown in GFLOP/s, and its samples stay in milliseconds", () => {
  const samples = [1, 2, 4];
  const { rows, unit } = tableOf({ kind: "matmul", n: 100 }, [
    { contender: "dlcc-cpu", samples, check: 1, failure: undefined },
  ]);
  expect(unit).toBe("GFLOP/s");
  expect(rows[0]?.spread).toMatchObject({ min: 0.5, median: 1, max: 2 });
  expect(rows[0]?.samples).toEqual(samples);
});

test("numbers have three digits", () => {
  expect([123.4, 12.34, 1.234, 0.1234, 0].map(number)).toEqual(["123", "12.3", "1.23", "0.123", "0.00"]);
});

test("columns line up", () => {
  expect(
    align(
      [
        ["a", "1"],
        ["bcd", "10"],
      ],
      "lr",
    ),
  ).toEqual(["  a     1", "  bcd  10"]);
});
