import { expect, test } from "vitest";
import { csvOf } from "../src/csv.ts";
import { Curve } from "../src/curve.ts";

test("a run is a line for each step, with the figures of the validation digits where there are some", () => {
  const [loss, accuracy] = [new Curve(), new Curve()];
  for (const value of [2, 1]) loss.add(value);
  for (const value of [0.5, 0.75]) accuracy.add(value);
  const text = csvOf([
    { name: 'lr 0.3, "bold"', history: { loss, accuracy, judgements: [{ step: 2, loss: 1.5, accuracy: 0.6 }] } },
  ]);
  // The trend of 2, 1 is (0.94 · 2 + 1) / 1.94.
  const [head, first, second, end] = text.split("\r\n");
  expect(head).toBe("run,step,loss,loss_trend,accuracy,accuracy_trend,validation_loss,validation_accuracy");
  expect(first).toMatch(/^"lr 0.3, ""bold""",1,2,2,0.5,0.5,,$/);
  expect(second).toMatch(/^"lr 0.3, ""bold""",2,1,1\.484536,0.75,0.628866,1.5,0.6$/);
  expect(end).toBe("");
});
