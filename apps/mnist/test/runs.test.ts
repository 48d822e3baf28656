import { defaults } from "@dlcc/experiment";
import { beforeEach, expect, test } from "vitest";
import { RunHistory } from "../src/history.ts";
import { archive, changeRun, pastRuns, removeRun } from "../src/runs.ts";

beforeEach(() => {
  pastRuns.value = [];
});

const ran = (): RunHistory => {
  const history = new RunHistory();
  history.loss.add(1);
  return history;
};
const names = (): string[] => pastRuns.value.map(({ name }) => name);

test("the last run stays as the ghost, named by what makes it different", () => {
  archive(defaults, ran());
  archive({ ...defaults, lr: 0.3, seed: 7 }, ran());
  expect(names()).toEqual(["lr 0.3, seed 7"]);
});

test("a run that was not begun leaves no ghost", () => {
  archive(defaults, new RunHistory());
  expect(names()).toEqual([]);
});

test("a pinned run stays beside the ghost, in another colour; and can be renamed and removed", () => {
  archive(defaults, ran());
  const [first] = pastRuns.value;
  changeRun(first?.id ?? 0, { pinned: true, name: "the first" });
  archive({ ...defaults, seed: 2 }, ran());
  archive({ ...defaults, seed: 3 }, ran());
  expect(names()).toEqual(["the first", "seed 3"]);
  expect(new Set(pastRuns.value.map(({ colour }) => colour)).size).toBe(2);
  removeRun(first?.id ?? 0);
  expect(names()).toEqual(["seed 3"]);
});
