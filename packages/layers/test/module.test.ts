import { ArgumentError, type Backend, cpu, ones, Parameter, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { Buffer, countParameters, Dropout, Linear, Module, relu, Sequential } from "../src/index.ts";

class Tied extends Module {
  readonly shared = new Linear(3, 3, { seed: 1 });
  readonly again = this.shared;
  readonly scale = new Parameter("scale", tensor([2]));
  readonly branches = [new Linear(3, 1, { seed: 2 }), new Sequential([new Linear(3, 2, { seed: 3, bias: false })])];

  forward(x: Tensor): Tensor {
    return this.again.forward(this.shared.forward(x)).mul(this.scale.value);
  }
}

const names = (parameters: readonly Parameter[]): string[] => parameters.map(({ name }) => name);

describe("parameters", () => {
  test("are found in properties, modules and arrays, and named by their path", () => {
    expect([...new Tied().namedParameters().keys()]).toEqual([
      "shared.weight",
      "shared.bias",
      "scale",
      "branches.0.weight",
      "branches.0.bias",
      "branches.1.layers.0.weight",
    ]);
  });

  test("are found in nested arrays, plain objects and Maps", () => {
    class Nested extends Module {
      readonly blocks = [[relu, new Linear(2, 2)], []];
      readonly parts = { x: new Linear(2, 2, { bias: false }), more: [{ y: new Dropout(0.5) }] };
      readonly scales = new Map([["low", new Parameter("low", tensor(1))]]);
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const paths = ["blocks.0.1.weight", "blocks.0.1.bias", "parts.x.weight", "scales.low"];
    const model = new Nested();
    expect([...model.namedParameters().keys()]).toEqual(paths);
    expect(model.eval().parts.more[0]!.y.training).toBe(false);
  });

  test("are found where objects lead back to where they came from, and are named once", () => {
    class Cyclic extends Module {
      readonly child = new Sequential([new Linear(1, 1)]);
      readonly links: { self?: unknown } = {};
      readonly weight = new Parameter("weight", tensor(1));
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const model = new Cyclic();
    model.links.self = model.links;
    Object.assign(model.child, { context: { model } });
    expect([...model.namedParameters().keys()]).toEqual(["child.layers.0.weight", "child.layers.0.bias", "weight"]);
    expect(model.modules()).toHaveLength(3);
  });

  test("of the same path are refused: one of them would not be saved", () => {
    class Ambiguous extends Module {
      readonly parts = { "a.b": new Parameter("b", tensor(1)), a: { b: new Parameter("b", tensor(1)) } };
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect(() => new Ambiguous().parameters()).toThrow(
      new ArgumentError("Module: paths must differ, got parts.a.b twice: rename one of the two"),
    );
  });

  test("in two places are listed once", () => {
    const { shared } = new Tied();
    expect(new Set(names(shared.parameters())).size).toBe(2);
  });

  test("have paths from the module that lists them, and listing changes nothing: the order does not matter", () => {
    const inner = new Sequential([new Linear(2, 2)]);
    const outer = new Sequential([relu, inner]);
    for (const _ of [1, 2]) {
      expect([...inner.namedParameters().keys()]).toEqual(["layers.0.weight", "layers.0.bias"]);
      expect([...outer.namedParameters().keys()]).toEqual(["layers.1.layers.0.weight", "layers.1.layers.0.bias"]);
    }
  });

  test("are named by the outermost Sequential, because it is made last", () => {
    const inner = new Sequential([new Linear(2, 2)]);
    expect(names(inner.parameters())).toEqual(["layers.0.weight", "layers.0.bias"]);
    const outer = new Sequential([relu, inner]);
    for (const model of [inner, outer, inner]) {
      expect(names(model.parameters())).toEqual(["layers.1.layers.0.weight", "layers.1.layers.0.bias"]);
    }
  });

  test("are counted: 784·30 + 30 in a layer, none in a function", () => {
    expect(countParameters(new Sequential([new Linear(784, 30), relu, new Dropout(0.5)]))).toBe(784 * 30 + 30);
    expect(countParameters(relu)).toBe(0);
  });
});

describe("buffers", () => {
  class Running extends Module {
    readonly weight = new Parameter("weight", tensor([1]));
    readonly mean = new Buffer("mean", tensor([2]));
    readonly parts = { count: new Buffer("count", tensor(3, { dtype: "int32" })) };
    forward(x: Tensor): Tensor {
      return x;
    }
  }

  test("are not among the parameters", () => {
    expect([...new Running().namedParameters().keys()]).toEqual(["weight"]);
    expect([...new Running().namedBuffers().keys()]).toEqual(["mean", "parts.count"]);
  });

  test("are saved and loaded with the parameters", async () => {
    const [from, to] = [new Running(), new Running()];
    from.mean.value = tensor([7]);
    expect(Object.keys(from.stateDict())).toEqual(["weight", "mean", "parts.count"]);
    to.loadStateDict(from.stateDict());
    expect(await to.mean.value.array()).toEqual([7]);
    const { mean: _, ...rest } = from.stateDict();
    expect(() => to.loadStateDict(rest)).toThrow(/Missing: mean/);
  });

  test("move to a backend; to another dtype, those that are floats", async () => {
    const other: Backend = { ...cpu, name: "other" };
    const { mean, parts } = await new Running().to({ backend: other, dtype: "float64" });
    expect([mean.value.backend, mean.value.dtype]).toEqual([other, "float64"]);
    expect([parts.count.value.backend, parts.count.value.dtype]).toEqual([other, "int32"]);
  });
});

describe("stateDict and loadStateDict", () => {
  const model = (seed: number): Sequential =>
    new Sequential([new Linear(2, 3, { seed }), relu, new Linear(3, 1, { seed })]);

  test("carry a model's values to another one", async () => {
    const [from, to] = [model(1), model(2)];
    to.loadStateDict(from.stateDict());
    const x = ones([1, 2]);
    expect(await to.forward(x).array()).toEqual(await from.forward(x).array());
  });

  test("name missing and unknown parameters", () => {
    const { "layers.0.bias": moved, ...rest } = model(1).stateDict();
    const state = { ...rest, "layers.9.bias": moved! };
    expect(() => model(2).loadStateDict(state)).toThrow(
      /Missing: layers\.0\.bias\..*Not in this model: layers\.9\.bias/,
    );
  });

  test("load the names that fit with strict: false", async () => {
    const target = model(2);
    const before = await target.stateDict()["layers.0.bias"]!.array();
    const { "layers.0.bias": _, ...rest } = model(1).stateDict();
    target.loadStateDict(rest, { strict: false });
    expect(await target.stateDict()["layers.0.bias"]!.array()).toEqual(before);
    expect(await target.stateDict()["layers.0.weight"]!.array()).toEqual(await rest["layers.0.weight"]!.array());
  });

  test("refuse another shape or dtype, name both, and change nothing", async () => {
    const target = model(1);
    const before = await target.stateDict()["layers.0.weight"]!.array();
    const state = { ...model(2).stateDict(), "layers.2.bias": ones([2]) };
    expect(() => target.loadStateDict(state)).toThrow(
      /layers\.2\.bias must be float32 \[1\].*float32 \[2\] in the state/,
    );
    expect(await target.stateDict()["layers.0.weight"]!.array()).toEqual(before);
    const doubles = { ...model(2).stateDict(), "layers.2.bias": ones([1], { dtype: "float64" }) };
    expect(() => target.loadStateDict(doubles)).toThrow(/float64 \[1\] in the state/);
  });
});

describe("to", () => {
  const other: Backend = { ...cpu, name: "other" };

  test("moves all parameters to a backend, and gives the model back", async () => {
    const model = new Tied();
    expect(await model.to(other)).toBe(model);
    expect(model.parameters().every(({ value }) => value.backend === other)).toBe(true);
    expect(model.forward(ones([1, 3], { backend: other })).backend.name).toBe("other");
  });

  test("casts all parameters", async () => {
    const model = await new Tied().to({ dtype: "float64" });
    expect(model.parameters().map(({ value }) => value.dtype)).toEqual(new Array(6).fill("float64"));
  });

  test("does both at once", async () => {
    const { weight } = await new Linear(2, 2).to({ backend: other, dtype: "float64" });
    expect([weight.value.backend.name, weight.value.dtype]).toEqual(["other", "float64"]);
  });

  test("leaves a variable that holds the old value alone", async () => {
    const layer = new Linear(2, 2, { seed: 1 });
    const before = layer.weight.value;
    await layer.to({ dtype: "float64" });
    expect([before.dtype, (await before.data()).length]).toEqual(["float32", 4]);
  });
});

test("train and eval reach all modules inside", () => {
  const dropout = new Dropout(0.5);
  const model = new Sequential([new Linear(2, 2), new Sequential([dropout])]);
  expect(dropout.training).toBe(true);
  model.eval();
  expect(dropout.training).toBe(false);
  model.train();
  expect(dropout.training).toBe(true);
});

test("a module without a config() can't be saved, and says so", () => {
  expect(() => new Tied().config()).toThrow(/Tied must have a config\(\)/);
});
