/** The steps of the optimizers where a backend has them fused, and where it has not. Their formulas: packages/optim. */
import { adam, adamW, type Optimizer, sgd } from "@dlcc/optim";
import { applyStep, type Backend, cpu, ops, Parameter, type TypedArray, tensor, tidy } from "@dlcc/tensor";
import { counting, withoutFused } from "@dlcc/testing";
import { describe, expect, test } from "vitest";

describe("without fused ops, each optimizer takes the same steps", () => {
  const makers: Readonly<Record<string, (parameters: Parameter[]) => Optimizer>> = {
    sgd: (p) => sgd(p, { lr: 0.1, weightDecay: 0.1 }),
    momentum: (p) => sgd(p, { lr: 0.1, momentum: 0.9, weightDecay: 0.1 }),
    nesterov: (p) => sgd(p, { lr: 0.1, momentum: 0.9, nesterov: true }),
    adam: (p) => adam(p, { lr: 0.1, weightDecay: 0.1 }),
    adamW: (p) => adamW(p, { lr: 0.1 }),
  };

  test.each(Object.entries(makers))("%s", async (_, make) => {
    const after = async (backend: Backend): Promise<TypedArray> => {
      const v = new Parameter("v", tensor([1, 2], { dtype: "float64", backend }));
      const optimizer = make([v]);
      for (const gradient of [Float64Array.of(1, -2), Float64Array.of(0.5, 3), Float64Array.of(-4, 0)])
        optimizer.step(new Map([[v, tensor(gradient, { backend })]]));
      return v.value.data();
    };
    const [fused, unfused] = [await after(cpu), await after(withoutFused(cpu))];
    expect(fused).toHaveLength(2);
    fused.forEach((value, i) => {
      expect(unfused[i]).toBeCloseTo(value, 14);
    });
  });
});

describe("1,000 steps hold as many storages as the first", () => {
  test.each([cpu, withoutFused(cpu)])("$name", (base) => {
    const backend = counting(base);
    const cell = tidy(() => new Parameter("w", tensor([1, 2], { backend })));
    const gradient = tensor([0, 0], { backend });
    const sgd = { lr: 0.5, weightDecay: 0, momentum: 0, nesterov: false };
    for (let i = 0; i < 1000; i++) applyStep(ops.sgdStep, sgd, [cell], gradient);
    expect(backend.live).toBe(2);
  });
});
