/**
 * `mpirun -n R dlcc train`: as one process with the same options; one rank prints and saves; Ctrl-C, a rank that is killed, and an
 * error in one end all of them; and a run goes on with any number of ranks.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noisyTable, weightsIn } from "./checkpointed.ts";
import { newFolder, newPath } from "./dlcc.ts";
import { describeLaunchers, type Launcher } from "./launchers.ts";
import { type Bundled, bundled, type Running, start } from "./process.ts";
import { smallMnist } from "./small-mnist.ts";

let program: Bundled;
const table = noisyTable();
beforeAll(async () => {
  program = await bundled();
});
afterAll(() => program.remove());

const words = (epochs: number): string[] => [
  ...["train", "csv", table, "--target", "target", "--hidden", "8", "--backend", "cpu", "--batch-size", "16"],
  ...["--epochs", String(epochs)],
];

const ranks = (launcher: Launcher, size: number, args: readonly string[]): Running =>
  start(program, args, { command: launcher.command, options: [...launcher.options, "-n", String(size)] });

/** The process of a rank of a launcher that has started our program: its environment says which it is. */
function processOf(rank: number): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [line, environment] = ["cmdline", "environ"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8"));
      const own = line?.split("\0").includes(program.file) && line.includes("node");
      const is = new RegExp(`(^|\0)(OMPI_COMM_WORLD_RANK|PMI_RANK)=${rank}\0`).test(environment ?? "");
      if (own && is) return Number(pid);
    } catch {
      // It has ended meanwhile, or is another's.
    }
  }
  throw new Error(`no process of rank ${rank}`);
}

/** The losses of the epochs, and what the test found. */
const learned = ({ events }: Running): number[] =>
  events.flatMap(({ event, trainLoss, testLoss }) =>
    event === "epoch" || event === "done"
      ? [trainLoss as number, ...(testLoss === undefined ? [] : [testLoss as number])]
      : [],
  );

const expectClose = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
};

/** Until there is a checkpoint. */
async function untilSaved(folder: string): Promise<void> {
  while (!readdirSync(folder).some((name) => name.endsWith(".safetensors"))) await setTimeout(20);
}

describeLaunchers("dlcc train", (launcher) => {
  test("3 ranks learn what one process does, and one of them prints and saves", { timeout: 60_000 }, async () => {
    const alone = start(program, words(4));
    expect(await alone.ended(), alone.errors()).toBe(0);
    const out = newPath("model.safetensors");
    const three = ranks(launcher, 3, [...words(4), "--validation", "0", "--out", out]);
    expect(await three.ended(), three.errors()).toBe(0);
    expect(three.events.map(({ event }) => event)).toEqual(alone.events.map(({ event }) => event));
    expect(three.events[0]?.ranks).toMatch(new RegExp(`^3, ${launcher.name} `));
    expectClose(learned(three), learned(alone));
    expect(readFileSync(out).length).toBeGreaterThan(0);
  });

  describe("a rank that is killed", () => {
    const [folder, whole] = [newFolder(), newFolder()];
    const every = ["--every", "30steps", "--schedule", "constant"];
    let running: Running;

    test("while the others train", { timeout: 60_000 }, async () => {
      running = ranks(launcher, 2, [...words(100_000), ...every, "--checkpoint", folder]);
      await running.until("epoch");
      await untilSaved(folder);
      process.kill(processOf(1), "SIGKILL");
    });

    test("ends all of them", { timeout: 10_000 }, async () => {
      expect(await running.ended()).not.toBe(0);
    });

    test("does no harm: a run goes on as if nothing had been, also with other ranks", { timeout: 90_000 }, async () => {
      const resumed = ranks(launcher, 2, ["train", "--resume", folder, "--epochs", "20"]);
      expect(await resumed.ended(), resumed.errors()).toBe(0);
      const uninterrupted = ranks(launcher, 2, [...words(20), ...every, "--checkpoint", whole]);
      expect(await uninterrupted.ended(), uninterrupted.errors()).toBe(0);
      expect(await weightsIn(folder)).toBe(await weightsIn(whole));

      const three = ranks(launcher, 3, ["train", "--resume", folder, "--epochs", "22"]);
      expect(await three.ended(), three.errors()).toBe(0);
      const one = start(program, ["train", "--resume", whole, "--epochs", "22"]);
      expect(await one.ended(), one.errors()).toBe(0);
      expectClose(learned(three).slice(-4), learned(one).slice(-4));
    });
  });

  describe("images", () => {
    const digits = smallMnist({ train: 40, test: 10 });
    const images = (layers: string, epochs: number): string[] => [
      ...[
        "train",
        "mnist",
        "--data",
        digits,
        "--layers",
        layers,
        "--augment",
        "shift 2, rotation 9",
        "--batch-size",
        "16",
      ],
      ...["--epochs", String(epochs), "--schedule", "constant"],
    ];

    test("are changed as in one process, whatever part of a minibatch they are in", { timeout: 60_000 }, async () => {
      const alone = start(program, images("conv 2 3, pool 2", 2));
      expect(await alone.ended(), alone.errors()).toBe(0);
      const three = ranks(launcher, 3, images("conv 2 3, pool 2", 2));
      expect(await three.ended(), three.errors()).toBe(0);
      expectClose(learned(three), learned(alone));
    });

    test("and a run with batch normalization and dropout goes on to the same bits", { timeout: 90_000 }, async () => {
      const [folder, whole] = [newFolder(), newFolder()];
      const net = (epochs: number): string[] => [
        ...images("conv 2 3, norm, pool 2, dense 8", epochs),
        ...["--dropout", "0.3", "--every", "1epoch"],
      ];
      for (const args of [
        [...net(1), "--checkpoint", folder],
        ["train", "--resume", folder, "--epochs", "3"],
        [...net(3), "--checkpoint", whole],
      ]) {
        const two = ranks(launcher, 2, args);
        expect(await two.ended(), two.errors()).toBe(0);
      }
      expect(await weightsIn(folder)).toBe(await weightsIn(whole));
    });
  });

  test("all ranks stop early after the same epoch", { timeout: 60_000 }, async () => {
    const three = ranks(launcher, 3, [...words(500), "--validation", "60", "--patience", "2"]);
    expect(await three.ended(), three.errors()).toBe(0);
    const { epochs, bestEpoch } = three.events.at(-1) as { epochs: number; bestEpoch: number };
    expect(epochs).toBe(bestEpoch + 2);
  });

  test("ranks with other options or other data are refused: by the number, and the difference", {
    timeout: 60_000,
  }, async () => {
    const other = noisyTable();
    writeFileSync(other, readFileSync(table, "utf8").replace("yes", "no"));
    const elsewhere = words(2).map((word) => (word === table ? other : word));
    for (const [second, message] of [
      [words(3), /rank 1 of 2: all ranks must have the same epochs, got 2 on rank 0, and 3 here/],
      [elsewhere, /rank 1 of 2: all ranks must have the same data, got .* on rank 0, and .* here/],
    ] as const) {
      const one = ["-n", "1", process.execPath, program.file];
      const two = ranks(launcher, 1, [...words(2), ":", ...one, ...second]);
      expect(await two.ended()).toBe(1);
      expect(two.errors()).toMatch(message);
    }
  });

  test("Ctrl-C ends all after the same step, with a checkpoint", { timeout: 60_000 }, async () => {
    const folder = newFolder();
    const running = ranks(launcher, 2, [...words(100_000), "--checkpoint", folder]);
    await running.until("epoch");
    running.child.kill("SIGINT");
    expect(await running.ended()).not.toBe(0);
    expect(running.events.at(-1)).toMatchObject({ event: "interrupted", message: expect.stringContaining("--resume") });
    expect(await weightsIn(folder)).toBeDefined();
  });

  test("a mistyped option is said once", { timeout: 60_000 }, async () => {
    const mistyped = ranks(launcher, 3, ["train", "csv", table, "--target", "target", "--epocs", "3"]);
    expect(await mistyped.ended()).toBe(2);
    expect(mistyped.errors().match(/unknown option '--epocs'/g)).toHaveLength(1);
  });

  test("an error that all ranks have is said once; one of a single rank names it", { timeout: 60_000 }, async () => {
    const missing = ranks(launcher, 3, ["train", "csv", "no-such-file.csv", "--target", "target"]);
    expect(await missing.ended()).toBe(1);
    expect(missing.errors().match(/no-such-file\.csv can't be read/g)).toHaveLength(1);
    expect(missing.errors()).toContain("dlcc: rank 0 of 3: no-such-file.csv can't be read: it does not exist");
  });

  test("a loss that is not finite: the last good values are saved, by one rank", { timeout: 60_000 }, async () => {
    const numbers = newPath("numbers.csv");
    writeFileSync(numbers, ["a,b", ...Array.from({ length: 40 }, (_, i) => `${i},${Math.sqrt(i)}`)].join("\n"));
    const out = newPath("model.safetensors");
    const diverged = ranks(launcher, 2, [
      ...[
        "train",
        "csv",
        numbers,
        "--target",
        "b",
        "--hidden",
        "none",
        "--optimizer",
        "sgd",
        "--lr",
        "1e30",
        "--task",
        "regression",
      ],
      ...["--backend", "cpu", "--epochs", "50", "--out", out],
    ]);
    expect(await diverged.ended()).toBe(1);
    expect(diverged.errors()).toMatch(/rank 0 of 2: the loss became (NaN|Infinity).*They are saved in/s);
    expect(readFileSync(out).length).toBeGreaterThan(0);
  });
});
