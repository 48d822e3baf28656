import { expect, test } from "vitest";
import { Queue } from "../src/queue.ts";

test("a job runs at once while nothing waits, and in its turn behind one that does", async () => {
  const queue = new Queue();
  const log: string[] = [];
  const note = (name: string) => () => void log.push(name);
  queue.push(note("first"));
  expect([log, queue.idle]).toEqual([["first"], true]);
  let go = (): void => {};
  queue.push(
    () =>
      new Promise<void>((resolve) => {
        go = () => resolve(note("slow")());
      }),
  );
  queue.push(note("second"));
  queue.push(async () => note("third")());
  queue.push(note("fourth"));
  expect([log, queue.idle]).toEqual([["first"], false]);
  go();
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect([log, queue.idle]).toEqual([["first", "slow", "second", "third", "fourth"], true]);
});

test("what a job asks for comes behind it, even where it is the first", async () => {
  const queue = new Queue();
  const log: string[] = [];
  queue.push(async () => {
    queue.push(() => void log.push("asked for"));
    await undefined;
    log.push("job");
  });
  queue.push(() => void log.push("next"));
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect([log, queue.idle]).toEqual([["job", "asked for", "next"], true]);
});

test("a job that throws holds nothing up", () => {
  const queue = new Queue();
  const fail = (): never => {
    throw new Error("a fault");
  };
  expect(() => queue.push(fail)).toThrow("a fault");
  expect(queue.idle).toBe(true);
});
