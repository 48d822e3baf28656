/** Ranks of real MPI libraries: what they say to each other, and that they train as one process does. */
import { createHash } from "node:crypto";
import { cpu, slice } from "@dlcc/tensor";
import { createStepper } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { batchesFor, type Case, cases, makeRun, normalizing } from "./mpi-run.ts";
import { bundled, describeLaunchers, mpirun } from "./mpirun.ts";

/** What a rank says. */
interface Said {
  readonly library: string;
  readonly collectives: Readonly<Record<string, unknown>>;
  readonly signals: unknown;
  readonly statistics: { readonly means: number[]; readonly weights: number[] };
  readonly trained: Readonly<Record<string, { readonly losses: number[]; readonly digest: string }>>;
}

const program = await bundled("mpi-program.ts");
afterAll(() => program.remove());

/** One process, with the same minibatches: losses and numbers of examples, step by step. */
async function alone(wanted: Case): Promise<{ losses: number[]; digest: string }> {
  const backend = wanted.backend === "wasm" ? await createWasm({ threads: 1 }) : cpu;
  const run = await makeRun(wanted, backend);
  const { model, loss, optimizer, transform } = run;
  const stepper = createStepper({ model, loss, optimizer, transform });
  const losses: number[] = [];
  for (let epoch = 1; epoch <= wanted.epochs; epoch++) {
    for (const batch of batchesFor(wanted, run, epoch)) {
      stepper.step(batch);
      for (const { loss, examples } of await stepper.read()) losses.push(loss, examples);
    }
  }
  const hash = createHash("sha256");
  for (const p of run.model.parameters()) hash.update(new Uint8Array((await p.value.data()).slice().buffer));
  return { losses, digest: hash.digest("hex") };
}

const expected = new Map<string, { losses: number[]; digest: string }>();
beforeAll(async () => {
  for (const one of cases) expected.set(one.name, await alone(one));
});

/** Digests of what was added in the order of ranks, by case and number of ranks: of all libraries. */
const inOrder = new Map<string, string>();

describeLaunchers("ranks", (launcher) => {
  test.each([1, 2, 3, 4])("%d of them", { timeout: 60_000 }, async (size) => {
    const { code, stdout, stderr } = await mpirun(launcher, size, [program.file, "all"]);
    expect(code, stderr).toBe(0);
    const all = JSON.parse(stdout) as Said[];
    expect(all).toHaveLength(size);
    const ranks = Array.from({ length: size }, (_, rank) => rank);
    for (const [rank, { library, collectives, signals }] of all.entries()) {
      expect(library).toContain(launcher.name);
      // A library that takes SIGSEGV would end the process instead: see createWorld.
      expect(signals).toEqual({ inside: 0, outside: true, hangup: "ends it" });
      expect(collectives).toEqual({
        ...{ rank, size, alive: true, hosts: 1 },
        sum: [(size * (size + 1)) / 2, size / 2], // 1 + 2 + … + R
        least: [0.25],
        most: [size - 8],
        sent: [1, 2, 3],
        gathered: rank === size - 1 ? ranks.map((r) => [r, r * r]) : null,
        everywhere: ranks.map((r) => [r / 2]),
        swapped: ranks.map((r) => 10 * r + rank),
        pending: [3 * size, 2 * size, size],
      });
    }
    const { x } = normalizing();
    for (const [rank, { statistics }] of all.entries()) {
      // As in PyTorch, running ← 0.9 running + 0.1 mean, of the rank's own rows: ⌊10 r / R⌋ to ⌊10 (r + 1) / R⌋.
      const rows = slice(x, [Math.floor((10 * rank) / size), Math.floor((10 * (rank + 1)) / size)]);
      const means = rows.mean(0).mul(0.1).dataSync();
      expect(statistics.means).toEqual([...means].map((mean) => expect.closeTo(mean, 12)));
      expect(statistics.weights).toEqual(all[0]?.statistics.weights);
    }
    for (const { name, dtype, order } of cases) {
      const { losses, digest } = expected.get(name)!;
      for (const { trained } of all) {
        expect(trained[name]?.digest, name).toBe(all[0]?.trained[name]?.digest);
        const found = trained[name]?.losses ?? [];
        expect(found, name).toHaveLength(losses.length);
        for (const [i, value] of found.entries()) {
          expect(Math.abs(value - losses[i]!), `${name}, ${i}`).toBeLessThan(dtype === "float64" ? 1e-6 : 1e-3);
        }
      }
      // A world of one adds nothing: the very same bits.
      if (size === 1) expect(all[0]?.trained[name]?.digest, name).toBe(digest);
      if (order !== "ranks") continue;
      const key = `${name}, ${size}`;
      expect(all[0]?.trained[name]?.digest, key).toBe(inOrder.get(key) ?? all[0]?.trained[name]?.digest);
      inOrder.set(key, all[0]!.trained[name]!.digest);
    }
  });
});
