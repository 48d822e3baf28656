import { expect, test } from "vitest";
import { adviceFor, type Outcome } from "../src/advice.ts";

const good: Outcome = {
  typed: "dlcc train mnist",
  diverged: false,
  lr: 0.1,
  usualLr: 0.1,
  isFrom: false,
  testAccuracy: 0.95,
  trainAccuracy: 0.96,
  embedded: true,
  hidden: [128],
  activation: "relu",
  loss: "cross-entropy",
  weightDecay: 0,
};

test("after a network that hardly learned: smaller steps, and a look at its layers", () => {
  const [first, second] = adviceFor({ ...good, testAccuracy: 0.2, trainAccuracy: 0.2 });
  expect(first).toMatch(/^dlcc train mnist --lr 0\.01 /);
  expect(second).toMatch(/^dlcc train mnist --diagnose /);
});

test.each<[string, Partial<Outcome>, string, string]>([
  ["a rate above the usual one: the usual one", { lr: 5 }, "--lr 0.1", "smaller steps"],
  ["a usual rate that diverges: a tenth", { diverged: true }, "--lr 0.01", "smaller steps"],
  ["a rate below the usual one: the usual one", { lr: 1e-6 }, "--lr 0.1", "larger steps"],
])("after %s", (_, how, option, why) => {
  const typed = `dlcc train mnist --hidden 30 --lr ${how.lr ?? 0.1}`;
  const lines = adviceFor({ ...good, ...how, typed, testAccuracy: 0.1, trainAccuracy: 0.1 });
  expect(lines[0]).toContain(`dlcc train mnist --hidden 30 ${option} `);
  expect(lines[0]).toContain(why);
  // There is nothing to keep, and nothing to read digits with.
  expect(lines.join()).not.toMatch(/--out|predict|--weight-decay/);
});

test("the options that were given are kept", () => {
  const typed = "dlcc train mnist --hidden 30 --activation tanh --epochs 9 --seed 4";
  const lines = adviceFor({ ...good, typed, hidden: [30], embedded: false });
  expect(lines[0]).toBe(`${typed} --out model.safetensors`);
  expect(lines[1]).toBe("  keep the model");
});

test("after a network that overfits: weight decay, unless the run had some", () => {
  const overfitted = { ...good, trainAccuracy: 0.999 };
  expect(adviceFor(overfitted)[0]).toMatch(/--weight-decay/);
  expect(adviceFor({ ...overfitted, weightDecay: 1e-4 }).join()).not.toMatch(/--weight-decay/);
});

test("three lines at most, in 80 columns, with the model's name quoted for a shell", () => {
  const lines = adviceFor({ ...good, trainAccuracy: 0.999, out: "my model.safetensors" });
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^dlcc predict 'my model\.safetensors' PICTURE\.png /);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(76);
});

test("promises of a convolutional network what it reaches on the digits at hand", () => {
  expect(adviceFor(good).join()).toMatch(/--network cnn --augment +convolutions: 98\.8 % here/);
  expect(adviceFor({ ...good, embedded: false }).join()).toMatch(/--network cnn --augment +convolutions: above 99 %/);
  for (const line of adviceFor(good)) expect(line.length).toBeLessThanOrEqual(76);
});
