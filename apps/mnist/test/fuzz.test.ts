/** Random addresses: whatever stands behind the `#`, the experiment is one that the form could have made. */
import { Ordeal } from "@dlcc/testing/node";
import fc from "fast-check";
import { expect, test } from "vitest";
import { augmentations, choices, fromQuery, limits, toQuery, whyNot } from "../src/experiment.ts";

const total = Number(process.env.DLCC_FUZZ_CASES ?? 2000);
const seed = Number(process.env.DLCC_FUZZ_SEED ?? 1);

const names = [
  "hidden",
  "layers",
  "loss",
  "optimizer",
  "lr",
  "schedule",
  "batchSize",
  "epochs",
  "weightDecay",
  "dropout",
  "augment",
  "init",
  "seed",
  "backend",
  "__proto__",
];
const value = fc.oneof(
  fc.constantFrom(
    "none",
    "16-relu",
    "strong",
    "16-relu_8-tanh",
    "conv-8-5_pool-2",
    "conv-8-5_-",
    "residual(conv-1-3-same)",
    "conv--8-5",
    "adam",
    "__proto__",
    "constructor",
    "1e999",
    "-1",
    "0x10",
    "NaN",
    "1e-7",
    "64",
    "16-__proto__",
    "9".repeat(400),
  ),
  fc.double().map(String),
  fc.string({ unit: "binary" }),
);
const address = fc.oneof(
  fc
    .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 8 })
    .map((pairs) => new URLSearchParams(pairs).toString()),
  fc.string({ unit: "binary" }),
  fc.string({ unit: "binary", size: "large" }).map((text) => `hidden=${text}`),
);

test("the site's address", async () => {
  const ordeal = new Ordeal("the site's address");
  const property = fc.asyncProperty(address, async (query) => {
    let found = fromQuery("");
    await ordeal.judge(query, query.length, () => {
      found = fromQuery(query);
    });
    for (const [name, table] of Object.entries(choices)) {
      const named = name === "activation" ? found.hidden.map(({ activation }) => activation) : [found[name as "loss"]];
      for (const one of named) expect(table.map((choice) => choice.name)).toContain(one);
    }
    expect(augmentations.map(({ text }) => text)).toContain(found.augment);
    expect(found.layers === undefined ? undefined : whyNot(found.layers)).toBeUndefined();
    expect(found.hidden.length).toBeLessThanOrEqual(limits.layers);
    for (const { units } of found.hidden)
      expect(units >= 1 && units <= limits.units && Number.isInteger(units)).toBe(true);
    const { lr, batchSize, epochs, weightDecay, dropout, seed } = found;
    expect(lr > 0 && lr <= limits.rate && batchSize >= 1 && batchSize <= limits.batchSize).toBe(true);
    expect(epochs >= 1 && epochs <= limits.epochs && weightDecay >= 0 && weightDecay <= limits.weightDecay).toBe(true);
    expect(dropout >= 0 && dropout <= limits.dropout && seed >= 0 && seed <= limits.seed).toBe(true);
    // What the page shows in the address leads to the same experiment.
    expect(fromQuery(toQuery(found))).toEqual(found);
  });
  await fc.assert(property, { numRuns: Math.max(1, Math.round(0.05 * total)), seed });
  console.log(ordeal.end());
});
