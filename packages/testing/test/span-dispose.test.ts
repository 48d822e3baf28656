/** A model and its optimizer give all memory back when they are disposed of. */
import { valueAndGrad } from "@dlcc/autograd";
import { Dropout, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { cpu, DisposedError, tensor, uniform } from "@dlcc/tensor";
import { expect, test } from "vitest";
import { counting } from "../src/index.ts";

test("after a few steps of Adam, nothing is left of a model and its optimizer", async () => {
  const backend = counting(cpu);
  const model = await new Sequential([new Linear(5, 8, { seed: 1 }), relu, new Dropout(0.2), new Linear(8, 3)]).to(
    backend,
  );
  const optimizer = adam(model.parameters());
  const x = uniform([4, 5], { seed: 2, backend });
  const y = tensor([0, 1, 2, 1], { dtype: "int32", backend });
  for (let step = 0; step < 3; step++) {
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
    optimizer.step(gradients);
    for (const t of [value, ...gradients.values()]) t.dispose();
  }
  expect(backend.live).toBeGreaterThan(2 + 4);
  optimizer.dispose();
  expect(backend.live).toBe(2 + 4); // x and y, and the parameters
  model.dispose();
  model.dispose();
  expect(backend.live).toBe(2);
  expect(() => model.forward(x)).toThrow(DisposedError);
});

test("a disposed optimizer begins anew", async () => {
  const train = async (again: boolean): Promise<unknown> => {
    const model = new Linear(2, 1, { seed: 1 });
    const optimizer = adam(model.parameters(), { lr: 0.1 });
    const step = (): void => {
      const { gradients } = valueAndGrad(() => model.forward(tensor([[1, 2]])).sum(), model.parameters());
      optimizer.step(gradients);
    };
    if (again) {
      const before = model.stateDict();
      for (let i = 0; i < 3; i++) step();
      optimizer.dispose();
      model.loadStateDict(before);
    }
    step();
    return [await model.weight.value.array(), optimizer.steps];
  };
  expect(await train(true)).toEqual(await train(false));
});
