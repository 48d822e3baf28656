import { expect, test } from "vitest";
import { adviceFor, type Outcome } from "../src/advice.ts";

const good: Outcome = {
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
  expect(first).toMatch(/^dlcc train mnist --lr 0\.001 /);
  expect(second).toMatch(/^dlcc train mnist --diagnose /);
});

test("after a network that overfits: weight decay, unless the run had some", () => {
  const overfitted = { ...good, trainAccuracy: 0.999 };
  expect(adviceFor(overfitted)[0]).toMatch(/--weight-decay/);
  expect(adviceFor({ ...overfitted, weightDecay: 1e-4 }).join()).not.toMatch(/--weight-decay/);
});

test("three lines at most, in 80 columns, with the model's name quoted for a shell", () => {
  const lines = adviceFor({ ...good, testAccuracy: 0.2, trainAccuracy: 0.2, out: "my model.safetensors" });
  expect(lines).toHaveLength(3);
  expect(lines.at(-1)).toMatch(/^dlcc predict 'my model\.safetensors' PICTURE\.png /);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(76);
});

test("promises of a convolutional network what it reaches on the digits at hand", () => {
  expect(adviceFor(good).join()).toMatch(/--network cnn --augment +convolutions: 98\.8 % here/);
  expect(adviceFor({ ...good, embedded: false }).join()).toMatch(/--network cnn --augment +convolutions: above 99 %/);
  for (const line of adviceFor(good)) expect(line.length).toBeLessThanOrEqual(76);
});
