import { describe, expect, test } from "vitest";
import { type Backend, cpu, custom, ones, profile, span, tensor } from "../src/index.ts";

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe("profile", () => {
  test("counts the calls of each op, and the bytes of their results", async () => {
    const x = ones([8, 8]);
    const { ops, result } = await profile(() => x.matmul(x).matmul(x).greater(0));
    expect(result.shape).toEqual([8, 8]);
    const rows = Object.fromEntries(ops.map(({ op, calls, bytes }) => [op, { calls, bytes }]));
    expect(rows).toEqual({ matmul: { calls: 2, bytes: 2 * 8 * 8 * 4 }, greater: { calls: 1, bytes: 8 * 8 } });
  });

  test("counts no bytes for views, which have none of their own", async () => {
    const { ops } = await profile(() => ones([2, 3]).reshape([6]));
    expect(ops).toMatchObject([{ op: "reshape", calls: 1, bytes: 0 }]);
  });

  test("has the time of an op without the ops inside of it", async () => {
    const wait = (milliseconds: number): void => {
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    };
    const slow: Backend = {
      ...cpu,
      kernel: (op) => {
        const kernel = cpu.kernel(op);
        return (
          kernel &&
          ((...args) => {
            wait(5);
            return kernel(...args);
          })
        );
      },
    };
    const x = tensor([1], { backend: slow });
    const forward = (a: typeof x): typeof x => a.exp();
    const { ops, milliseconds } = await profile(() => custom({ name: "mine", forward, backward: (g) => [g] }, x));
    const own = new Map(ops.map((row) => [row.op, row.milliseconds]));
    expect(own.get("exp")).toBeGreaterThanOrEqual(5);
    // Not a bound on speed: what is in `exp` is not counted a second time.
    expect(sum([...own.values()])).toBeLessThanOrEqual(milliseconds);
    expect(own.get("mine")).toBeLessThanOrEqual(milliseconds - (own.get("exp") ?? 0));
  });

  test("waits for the device, and says for how long", async () => {
    let flushed = 0;
    const device: Backend = {
      ...cpu,
      flush: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        flushed++;
      },
    };
    const { waiting, milliseconds } = await profile(() => tensor([1], { backend: device }).exp());
    expect(flushed).toBe(1);
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThanOrEqual(milliseconds);
  });

  test("gives a trace: what is inside lies inside", async () => {
    const found = await profile(() => span("outer", () => span("inner", () => tensor([1]).exp()).neg()));
    const { traceEvents } = JSON.parse(JSON.stringify(found.trace())) as ReturnType<typeof found.trace>;
    expect(traceEvents.map(({ name, cat, ph }) => [name, cat, ph])).toEqual([
      ["exp", "op", "X"],
      ["inner", "span", "X"],
      ["neg", "op", "X"],
      ["outer", "span", "X"],
    ]);
    const [exp, inner, neg, outer] = traceEvents.map(({ ts, dur }) => [ts, ts + dur] as const);
    const within = (a: readonly number[] = [], b: readonly number[] = []): boolean =>
      Number(a[0]) >= Number(b[0]) && Number(a[1]) <= Number(b[1]);
    expect([within(exp, inner), within(inner, outer), within(neg, outer), within(neg, inner)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(found.spans.map(({ name, calls }) => [name, calls])).toEqual([
      ["outer", 1],
      ["inner", 1],
    ]);
  });

  test("prints a table whose parts make up the whole", async () => {
    const found = await profile(() => span("all of it", () => ones([4]).exp().sum()));
    const lines = found.table().split("\n");
    expect(lines[0]).toMatch(/^op +calls +ms +share +bytes$/);
    expect(lines.map((text) => text.split(/ {2,}/)[0])).toEqual(
      expect.arrayContaining([
        "exp",
        "sum",
        "reshape",
        "(outside ops)",
        "(waiting for devices)",
        "all",
        "in all of it",
      ]),
    );
    const inOps = sum(found.ops.map(({ milliseconds }) => milliseconds));
    expect(inOps).toBeLessThanOrEqual(found.milliseconds);
  });

  test("measures an async function to its end", async () => {
    const { ops, result } = await profile(async () => {
      const x = tensor([1]).exp();
      await x.data();
      return await x.neg().item();
    });
    expect(result).toBe(-Math.fround(Math.E));
    expect(ops.map(({ op }) => op).sort()).toEqual(["exp", "neg"]);
  });

  test("refuses to run inside another", async () => {
    await expect(profile(() => profile(() => 1))).rejects.toThrow("profile: a profile must not run inside another");
    await expect(profile(() => 1)).resolves.toMatchObject({ result: 1, ops: [] });
  });

  test("ends with what the function throws", async () => {
    const fail = (): never => {
      throw new RangeError("mine");
    };
    await expect(profile(fail)).rejects.toThrow(RangeError);
    await expect(profile(() => 1)).resolves.toMatchObject({ result: 1 });
  });
});
