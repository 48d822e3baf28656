import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  applyStep,
  cpu,
  debug,
  largestHolders,
  liveTensors,
  originOf,
  Parameter,
  sgdStep,
  softmax,
  type Tensor,
  tensor,
  tidy,
} from "../src/index.ts";

/** `file:line:` of the line that calls it, or of one that many lines further down. */
function here(further = 0): string {
  const [, , caller = ""] = new Error().stack?.split("\n") ?? [];
  const [, file = "", row = ""] = /((?:\/|[a-z]+:\/\/)[^\s()]*?):(\d+):\d+\)?$/.exec(caller) ?? [];
  return `${file.replace("file://", "")}:${Number(row) + further}:`;
}

beforeEach(() => debug(true));
afterEach(() => debug(false));

const messageOf = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
};

describe("a tensor that was disposed of", () => {
  test("says which op made it, on which line, and where it was disposed of", () => {
    const made = here(1);
    const y = tensor([1, 2]).exp();
    const disposed = here(1);
    y.dispose();
    const message = messageOf(() => y.relu());
    expect(message).toMatch(/^relu: this tensor, float32 \[2\], made by exp at /);
    expect(message).toContain(`made by exp at ${made}`);
    expect(message).toContain(`disposed of at ${disposed}`);
  });

  test("names the tidy that took it", () => {
    let leaked: Tensor | undefined;
    const [scope, inside] = [here(1), here(2)];
    tidy(() => {
      leaked = tensor([1]);
    });
    const message = messageOf(() => leaked?.dataSync());
    expect(message).toContain(`made at ${inside}`);
    expect(message).toContain(`disposed of at ${scope}`);
  });

  test("names the caller's line for a function that is made of ops", () => {
    expect(originOf(softmax(tensor([[1, 2]])))).toContain(here());
  });

  test("names nothing, and the usual ways, with debug off", () => {
    debug(false);
    const x = tensor([1]);
    x.dispose();
    expect(messageOf(() => x.exp())).toBe(
      "exp: this tensor, float32 [1], was disposed of: by dispose(), or at the end of the tidy, the training step or the minibatch that it was made in. Return it from tidy, or keep() it",
    );
    expect(originOf(x)).toBe("");
  });

  test("says the same as without debug, if it is older than debug", () => {
    debug(false);
    const x = tensor([1]);
    debug(true);
    x.dispose();
    expect(messageOf(() => x.exp())).toContain("was disposed of: by dispose(), or");
  });
});

describe("the tensors that are alive", () => {
  test("are counted by the line that made them, the most bytes first", () => {
    const [ofSmall, ofLarge] = [here(1), here(2)];
    const small = [1, 2, 3].map((n) => tensor([n]));
    const large = tensor(new Float64Array(100), { dtype: "float64" });
    expect(liveTensors()).toEqual([
      { place: expect.stringContaining(ofLarge), tensors: 1, bytes: 800 },
      { place: expect.stringContaining(ofSmall), tensors: 3, bytes: 12 },
    ]);
    expect(largestHolders()).toContain(`1 (800 bytes) made at ${ofLarge}`);
    large.dispose();
    small[0]?.dispose();
    small[0]?.dispose();
    expect(liveTensors().map(({ tensors }) => tensors)).toEqual([2]);
  });

  test("don't grow with the steps of an optimizer", () => {
    const w = new Parameter("w", tensor([1, 2]));
    const alive = (): number => liveTensors().reduce((sum, { tensors }) => sum + tensors, 0);
    const step = (): void =>
      tidy(() => applyStep(sgdStep, { lr: 0.1, weightDecay: 0, momentum: 0, nesterov: false }, [w], tensor([1, 1])));
    step();
    const first = alive();
    for (let i = 0; i < 100; i++) step();
    expect(alive()).toBe(first);
  });

  test("are unknown with debug off", () => {
    debug(false);
    tensor([1]);
    expect(liveTensors()).toEqual([]);
  });
});

test("numbers are the same with debug on", async () => {
  const f = (): Tensor => tensor([1, 2], { backend: cpu }).exp().sum();
  const noted = await f().item();
  debug(false);
  expect(await f().item()).toBe(noted);
});
