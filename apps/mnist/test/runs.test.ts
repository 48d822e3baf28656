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

test("the last runs stay as ghosts, named by what makes them different, with their speed", () => {
  archive(defaults, ran());
  archive({ ...defaults, lr: 0.3, seed: 7 }, ran(), { speed: 1234 });
  expect(names()).toEqual(["The defaults", "lr 0.3, seed 7"]);
  expect(pastRuns.value.map(({ speed }) => speed)).toEqual([undefined, 1234]);
});

test("there are at most four, each in its colour: the oldest goes", () => {
  for (let seed = 1; seed <= 6; seed++) archive({ ...defaults, seed }, ran());
  expect(names()).toEqual(["seed 3", "seed 4", "seed 5", "seed 6"]);
  expect(new Set(pastRuns.value.map(({ colour }) => colour)).size).toBe(4);
});

test("a run that began with an opened model is named by its file", () => {
  archive({ ...defaults, hidden: [], seed: 7 }, ran(), { file: "mine.safetensors" });
  expect(names()).toEqual(["mine.safetensors, seed 7"]);
});

test("a run that was not begun leaves no ghost", () => {
  archive(defaults, new RunHistory());
  expect(names()).toEqual([]);
});

test("a pinned run stays longer; and can be renamed and removed", () => {
  archive(defaults, ran());
  const [first] = pastRuns.value;
  changeRun(first?.id ?? 0, { pinned: true, name: "the first" });
  for (let seed = 2; seed <= 6; seed++) archive({ ...defaults, seed }, ran());
  expect(names()).toEqual(["the first", "seed 4", "seed 5", "seed 6"]);
  removeRun(first?.id ?? 0);
  expect(names()).toEqual(["seed 4", "seed 5", "seed 6"]);
});
