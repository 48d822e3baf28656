/** `valueAndGrad`: what it gives, what it frees, what it refuses, and what it does not compute. */
import { customOp, valueAndGrad } from "@dlcc/autograd";
import {
  ArgumentError,
  apply,
  cpu,
  DTypeError,
  ops,
  Parameter,
  pow,
  relu,
  ShapeError,
  type Step,
  type Tensor,
  tensor,
  tidy,
  unrecorded,
  withRecorder,
} from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { normal } from "./cases.ts";

const scalar = (value: number): Tensor => tensor(value, { dtype: "float64" });

describe("micrograd's example", () => {
  const [a, b] = [scalar(-4), scalar(2)];
  const expression = (): Tensor => {
    let c = a.add(b);
    let d = a.mul(b).add(pow(b, 3));
    c = c.add(c.add(1));
    c = c.add(c.add(1).add(a.neg()));
    d = d.add(d.mul(2).add(relu(b.add(a))));
    d = d.add(d.mul(3).add(relu(b.sub(a))));
    const e = c.sub(d);
    const f = pow(e, 2);
    return f
      .div(2)
      .add(pow(f, -1).mul(0))
      .add(tensor(10, { dtype: "float64" }).div(f));
  };
  // Source: the README of github.com/karpathy/micrograd.
  test("g = 24.7041", async () => {
    expect((await expression().item()).toFixed(4)).toBe("24.7041");
  });
  test("dg/da = 138.8338 and dg/db = 645.5773", async () => {
    const { gradients } = valueAndGrad(expression, [a, b]);
    expect((await gradients.get(a)?.item())?.toFixed(4)).toBe("138.8338");
    expect((await gradients.get(b)?.item())?.toFixed(4)).toBe("645.5773");
  });
});

describe("a frozen parameter", () => {
  test("has no gradient, and what leads to it alone is not computed", () => {
    const [w, v] = [new Parameter("w", tensor([1, 2])), new Parameter("v", tensor([3, 4]))];
    w.frozen = true;
    const { gradients } = valueAndGrad(() => w.value.exp().mul(v.value).sum(), [w, v]);
    expect([...gradients.keys()]).toEqual([v]);
    const ops: string[] = [];
    withRecorder({ record: ({ op }: Step) => void ops.push(op.name) }, () =>
      valueAndGrad(() => w.value.exp().mul(v.value).sum(), [w, v]),
    );
    expect(ops.filter((op) => op === "mul")).toHaveLength(2); // forwards, and back to v
    w.frozen = false;
    expect([...valueAndGrad(() => w.value.mul(v.value).sum(), [w, v]).gradients.keys()]).toEqual([w, v]);
  });
});

describe("what it gives", () => {
  test("the value, and for each variable a gradient of its shape and dtype", async () => {
    const w = new Parameter(
      "w",
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    const x = tensor([3], { dtype: "float32" });
    const { value, gradients } = valueAndGrad(() => w.value.mul(w.value).mul(x).sum(), [w, x]);
    expect(await value.item()).toBe(90);
    expect(await gradients.get(w)?.array()).toEqual([
      [6, 12],
      [18, 24],
    ]);
    expect(await gradients.get(x)?.array()).toEqual([30]);
    expect(gradients.get(w)?.dtype).toBe("float32");
  });

  test("a value of the caller's own, even where the function returns a variable", async () => {
    const x = scalar(3);
    const { value, gradients } = valueAndGrad(() => x, [x]);
    expect(value).not.toBe(x);
    value.dispose();
    expect(await x.item()).toBe(3);
    expect(await gradients.get(x)?.item()).toBe(1);
  });

  test("no gradient for a variable that the value does not depend on", () => {
    const [used, idle] = [new Parameter("used", scalar(1)), new Parameter("idle", scalar(1))];
    const { gradients } = valueAndGrad(() => used.value.mul(2), [used, idle]);
    expect([...gradients.keys()]).toEqual([used]);
  });

  test("the sum of all that comes back, where a value is used more than once", async () => {
    const x = scalar(3);
    const y = (): Tensor => x.mul(x).add(x.mul(5)).sub(x); // x² + 5x − x
    expect(await valueAndGrad(y, [x]).gradients.get(x)?.item()).toBe(10);
  });

  test("1, for the variable itself", async () => {
    const x = scalar(3);
    expect(
      await valueAndGrad(() => x, [x])
        .gradients.get(x)
        ?.item(),
    ).toBe(1);
  });

  test("a value of one element, whatever its rank", async () => {
    const x = tensor([[3]]);
    expect(
      await valueAndGrad(() => x.mul(x), [x])
        .gradients.get(x)
        ?.array(),
    ).toEqual([[6]]);
  });

  test("aux, which has no part in the derivatives", async () => {
    const x = tensor([1, 2]);
    const { value, aux, gradients } = valueAndGrad(() => {
      const logits = x.mul(2);
      return { value: logits.sum(), aux: { logits, note: "kept" } };
    }, [x]);
    expect(await value.item()).toBe(6);
    expect(await aux.logits.array()).toEqual([2, 4]);
    expect(aux.note).toBe("kept");
    expect(await gradients.get(x)?.array()).toEqual([2, 2]);
  });

  test("a constant for what is computed unrecorded", async () => {
    const x = scalar(3);
    const { gradients } = valueAndGrad(() => x.mul(unrecorded(() => x.mul(1))), [x]);
    expect(await gradients.get(x)?.item()).toBe(3);
  });
});

describe("what survives", () => {
  test("value, gradients and aux, and nothing else", () => {
    const x = tensor([1, 2]);
    const made: Tensor[] = [];
    const { value, aux, gradients } = valueAndGrad(() => {
      const h = x.exp();
      made.push(h);
      return { value: h.sum(), aux: h.mul(2) };
    }, [x]);
    expect(made[0]?.disposed).toBe(true);
    expect([x, value, aux, gradients.get(x)].map((t) => t?.disposed)).toEqual([false, false, false, false]);
  });

  test("each gradient by itself: giving one back leaves the others", async () => {
    const [a, b] = [new Parameter("a", tensor([1, 2])), new Parameter("b", tensor([3, 4]))];
    const { gradients } = valueAndGrad(() => a.value.add(b.value).sum(), [a, b]); // ∂/∂a = ∂/∂b
    gradients.get(a)?.dispose();
    expect(await gradients.get(b)?.array()).toEqual([1, 1]);
  });

  test("a gradient that is a tensor of the caller's: giving it back leaves that", async () => {
    const slope = tensor([5, 6]);
    const line = customOp<[Tensor]>({ name: "line", forward: (x) => x.mul(slope).sum(), backward: () => [slope] });
    const x = tensor([1, 1]);
    const { gradients } = valueAndGrad(() => line(x), [x]);
    expect(await gradients.get(x)?.array()).toEqual([5, 6]);
    gradients.get(x)?.dispose();
    expect(slope.disposed).toBe(false);
  });

  test("a gradient that is the input itself", async () => {
    const halfSquare = customOp<[Tensor]>({
      name: "halfSquare",
      forward: (x) => x.mul(x).sum().mul(0.5),
      backward: (_, [x]) => [x],
    });
    const x = tensor([1, 2]);
    const { gradients } = valueAndGrad(() => halfSquare(x), [x]);
    expect(await gradients.get(x)?.array()).toEqual([1, 2]);
  });
});

describe("the walk back finds its values", () => {
  test("after a tidy in a layer has freed them", async () => {
    const w = new Parameter("w", tensor([1, 2]));
    const { gradients } = valueAndGrad(() => tidy(() => pow(w.value.mul(3), 2)).sum(), [w]); // 9w²
    expect(await gradients.get(w)?.array()).toEqual([18, 36]);
  });

  test("after they have been disposed of", async () => {
    const w = new Parameter("w", tensor([1, 2]));
    const { gradients } = valueAndGrad(() => {
      const h = w.value.mul(3);
      const y = h.mul(h);
      h.dispose();
      return y.sum();
    }, [w]);
    expect(await gradients.get(w)?.array()).toEqual([18, 36]);
  });

  test("after the parameter has moved on", async () => {
    const w = new Parameter("w", scalar(3));
    const { gradients } = valueAndGrad(() => {
      const y = w.value.mul(w.value);
      w.value = scalar(100);
      return y;
    }, [w]);
    expect(await gradients.get(w)?.item()).toBe(6);
  });
});

describe("what is not computed", () => {
  /** The results of all matrix products while `fn` runs. */
  function products(fn: () => unknown): string[] {
    const shapes: string[] = [];
    const record = ({ op, outputs }: Step): void => {
      if (op.name === "matmul") shapes.push(outputs[0].shape.join("×"));
    };
    withRecorder({ record }, fn);
    return shapes;
  }
  const [images, first, second] = [normal([5, 7]), normal([4, 7], 2), normal([3, 4], 3)];
  const network = (x: Tensor): Tensor => {
    const hidden = apply(ops.linear, { activation: "sigmoid" }, x, first);
    return apply(ops.linear, { activation: undefined }, hidden, second).sum();
  };

  test("the gradient of the images: only weights are asked for", () => {
    expect(cpu.kernel(ops.linear)).toBeDefined(); // Going forward, there is no plain product.
    expect(products(() => valueAndGrad(() => network(images), [first, second])).sort()).toEqual(["3×4", "4×7", "5×4"]);
  });
  test("of a first layer that is frozen: neither its own nor what leads to it", () => {
    expect(products(() => valueAndGrad(() => network(images), [second]))).toEqual(["3×4"]);
  });
  test("unless the images are asked for", () => {
    expect(products(() => valueAndGrad(() => network(images), [images]))).toEqual(["5×4", "5×7"]);
  });
  test("of what stands beside the value, such as metrics", () => {
    const run = (): unknown =>
      valueAndGrad(() => ({ value: network(images), aux: images.matmul(first.transpose()) }), [second]);
    expect(products(run)).toEqual(["5×4", "3×4"]);
  });
});

describe("what it refuses", () => {
  const w = new Parameter("w", tensor([1, 2]));

  test("a value that is not a scalar, naming its shape and the way out", () => {
    expect(() => valueAndGrad(() => w.value.mul(2), [w])).toThrow(ShapeError);
    expect(() => valueAndGrad(() => w.value.mul(2), [w])).toThrow(/\[2\].*mean\(\) or sum\(\)/);
  });
  test("a value that is not a float: it has no derivative", () => {
    expect(() => valueAndGrad(() => w.value.cast("int32").sum(), [w])).toThrow(DTypeError);
  });
  test("an async function", async () => {
    const run = async (): Promise<Tensor> => w.value.sum();
    expect(() => valueAndGrad(run as unknown as () => Tensor, [w])).toThrow(ArgumentError);
    expect(() => valueAndGrad(run as unknown as () => Tensor, [w])).toThrow(/async/);
  });
  test("an async function that fails: its error does not go unhandled", async () => {
    const run = async (): Promise<Tensor> => {
      throw new Error("later");
    };
    expect(() => valueAndGrad(run as unknown as () => Tensor, [w])).toThrow(/async/);
    await new Promise((resolve) => setTimeout(resolve)); // vitest fails on unhandled rejections.
  });
  test("a function that returns no tensor", () => {
    expect(() => valueAndGrad((() => 3) as unknown as () => Tensor, [w])).toThrow(ArgumentError);
    expect(() => valueAndGrad((() => undefined) as unknown as () => Tensor, [w])).toThrow(ArgumentError);
  });
  test("variables that are neither parameters nor tensors, with a hint at two copies of tensor", () => {
    expect(() => valueAndGrad(() => w.value.sum(), [{} as Tensor])).toThrow(/npm ls @dlcc\/tensor/);
  });
  test("nothing of what is inside after an error: the next call starts anew", async () => {
    const fail = (): Tensor => {
      w.value.exp();
      throw new Error("mine");
    };
    expect(() => valueAndGrad(fail, [w])).toThrow("mine");
    const seen: string[] = [];
    valueAndGrad(() => {
      withRecorder({ record: ({ op }) => seen.push(op.name) }, () => w.value.neg());
      return w.value.sum();
    }, [w]);
    expect(seen).toEqual(["neg"]);
  });
});
