/** The parts of a table: rows for the test, for validation, which ends training, and for training. */
import { describe, expect, test } from "vitest";
import { Divider, Share } from "../src/table/divide.ts";
import { fileOf, times } from "./csv-text.ts";
import { dlcc, errors, json, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

describe("rows set aside", () => {
  test("each class has its share of each part, by largest remainders", () => {
    const share = new Share(0.2, 3);
    expect(share.take([10, 50, 40])).toEqual([2, 10, 8]);
    // 0.2 of 7, 6 and 3 rows is 1.4, 1.2 and 0.6: three in all, and the third goes to the largest remainder.
    expect(new Share(0.2, 3).take([7, 6, 3])).toEqual([1, 1, 1]);
    expect(new Share(0.2, 3).take([7, 7, 1])).toEqual([2, 1, 0]);
  });

  test("the only row of a class is for training", () => {
    expect(new Share(0.5, 2).take([9, 1])).toEqual([5, 0]);
    expect(new Share(0.5, 1).take([1])).toEqual([1]);
  });

  test("over many blocks the share is right to one row, whatever the order", () => {
    const share = new Share(0.2, 2);
    let taken = 0;
    for (let block = 0; block < 50; block++) taken += share.take(block < 25 ? [7, 0] : [0, 7]).reduce((a, b) => a + b);
    expect(taken).toBe(70);
  });

  test("every row is in one part", () => {
    const classes = Int32Array.from({ length: 1000 }, (_, i) => i % 3);
    const { train, validation, test: aside } = new Divider(0.2, 0.1, 3, 1).divide(classes);
    expect([aside.length, validation.length]).toEqual([200, 80]);
    expect([...train, ...validation, ...aside].sort((a, b) => a - b)).toEqual([...classes.keys()]);
  });
});

describe("early stopping is the default", () => {
  /** 500 rows of a noisy sine. */
  const noisy = fileOf(
    `x,y\n${times(500, (i) => `${(i % 100) / 50},${(Math.sin((i % 100) / 8) + ((i * 7919) % 100) / 100).toFixed(3)}`).join("\n")}\n`,
  );
  test("a tenth of the training rows validates, the best epoch is kept, and the run ends when no better one comes", async () => {
    const events = await json(
      "train",
      "csv",
      noisy,
      "--target",
      "y",
      "--hidden",
      "4",
      "--backend",
      "cpu",
      "--patience",
      "3",
    );
    expect(events[0]).toMatchObject({ trainExamples: 360, validationExamples: 40, testExamples: 100 });
    const losses = events
      .filter(({ event }) => event === "epoch")
      .map(({ validationLoss }) => validationLoss as number);
    const done = events.at(-1);
    expect(done?.bestEpoch).toBe(1 + losses.indexOf(Math.min(...losses)));
    expect(losses).toHaveLength((done!.bestEpoch as number) + 3);
  });

  test.each([
    [["--epochs", "2"], 0, 400],
    [["--validation", "0", "--epochs", "2"], 0, 400],
    [["--validation", "0.25", "--epochs", "2"], 100, 300],
    [["--validation", "20", "--epochs", "2"], 20, 380],
  ])("%j sets %d rows aside", async (options, validationExamples, trainExamples) => {
    const [start] = await json("train", "csv", noisy, "--target", "y", ...options, "--backend", "cpu");
    expect(start).toMatchObject({ validationExamples, trainExamples });
  });

  test("--validation must leave rows for training", async () => {
    expect((await dlcc(["train", "csv", noisy, "--target", "y", "--validation", "399"])).code).toBe(1);
    expect(errors.text).toMatch(
      /--validation must leave at least 2 of the 400 rows .* got --validation 399, which leaves 1/,
    );
  });
});
