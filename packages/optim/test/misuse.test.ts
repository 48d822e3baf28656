/** Common mistakes, and their messages. */
import { Parameter, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { adadelta, adagrad, adam, adamW, rmsProp, sgd } from "../src/index.ts";

const cell = (): Parameter => new Parameter("w", tensor([1, 2]));
const gradientOf = (parameter: Parameter): Map<Parameter, Tensor> => new Map([[parameter, tensor([1, 1])]]);

describe("a step that could do nothing", () => {
  test("gradients of another model's parameters are refused", () => {
    const optimizer = sgd([cell()], { lr: 0.1 });
    expect(() => optimizer.step(gradientOf(cell()))).toThrow(
      /sgd: gradients must have one for a parameter of this optimizer, got none.*another model/,
    );
    expect(optimizer.steps).toBe(0);
  });

  test("an empty Map of gradients is refused: the loss does not depend on a parameter", () => {
    expect(() => adam([cell()]).step(new Map())).toThrow(/the loss does not depend on a parameter/);
  });

  test("one gradient of several is enough", () => {
    const [trained, frozen] = [cell(), cell()];
    const optimizer = sgd([trained, frozen], { lr: 0.1 });
    optimizer.step(gradientOf(trained));
    expect(optimizer.steps).toBe(1);
  });
});

describe("the learning rate", () => {
  test.each([
    ["adam", adam, 1e-3],
    ["adamW", adamW, 1e-3],
    ["rmsProp", rmsProp, 1e-2],
    ["adagrad", adagrad, 1e-2],
    ["adadelta", adadelta, 1],
  ] as const)("of %s has PyTorch's default, also beside other options", (_, create, lr) => {
    expect(create([cell()]).lr).toBe(lr);
    expect(create([cell()], { weightDecay: 0.1 }).lr).toBe(lr);
  });

  test("of sgd must be given", () => {
    expect(() => sgd([cell()], {} as never)).toThrow(
      "sgd: lr must be a number or a schedule, got none: pass { lr: 0.1 }",
    );
  });
});

test("a model in place of its parameters is refused, with the way out", () => {
  expect(() => sgd({ parameters: () => [] } as never, { lr: 0.1 })).toThrow(/model\.parameters\(\)/);
});
