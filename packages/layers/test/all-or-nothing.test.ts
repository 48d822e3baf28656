/** What fails at the last of a model's values has changed none of them. */
import { type Backend, cpu, type Tensor, tensor } from "@dlcc/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { Buffer, Linear, Module, Sequential } from "../src/index.ts";

/** A layer whose last value is a count. */
class Counted extends Module {
  inner = new Linear(2, 1, { seed: 1 });
  calls = new Buffer("calls", tensor(0, { dtype: "int32" }));
  forward(x: Tensor): Tensor {
    return this.inner.forward(x);
  }
}

const { readSync: _, ...deaf } = { ...cpu, name: "deaf" };
let model: Sequential;
const values = async (): Promise<unknown> => {
  const list = Object.entries(model.stateDict());
  return Promise.all(list.map(async ([name, value]) => [name, value.backend.name, value.dtype, await value.array()]));
};

beforeEach(() => {
  model = new Sequential([new Linear(2, 2, { seed: 2 }), new Counted()]);
});

describe("loadStateDict, with a last entry", () => {
  const gone = tensor(1, { dtype: "int32" });
  gone.dispose();
  const refused: Readonly<Record<string, readonly [value: unknown, message: RegExp]>> = {
    "of another shape": [tensor([1], { dtype: "int32" }), /calls must be int32 \[\]/],
    "of another dtype": [tensor(1), /calls must be int32 \[\], .* got float32/],
    "that was disposed of": [gone, /loadStateDict: layers\.1\.calls: this tensor.* was disposed of/],
    "that is no tensor": [1, /expected a tensor, got number/],
    "that is elsewhere, and can't be read at once": [
      tensor(1, { dtype: "int32", backend: deaf }),
      /layers\.1\.calls must be on cpu, .* got deaf: move the state first/,
    ],
  };
  test.each(Object.entries(refused))("%s", async (_, [value, message]) => {
    const before = await values();
    const other = new Sequential([new Linear(2, 2, { seed: 3 }), new Counted()]);
    const state = { ...other.stateDict(), "layers.1.calls": value as Tensor };
    expect(() => model.loadStateDict(state)).toThrow(message);
    expect(() => model.loadStateDict(state, { strict: false })).toThrow(message);
    expect(await values()).toEqual(before);
  });

  test("that is missing, or of a name that every object has", async () => {
    const before = await values();
    const { "layers.1.calls": _, ...rest } = new Sequential([new Linear(2, 2), new Counted()]).stateDict();
    expect(() => model.loadStateDict(rest)).toThrow(/Missing: layers\.1\.calls/);
    expect(() => model.loadStateDict({ ...model.stateDict(), toString: tensor(1) })).toThrow(/toString/);
    expect(await values()).toEqual(before);
  });
});

test("loadStateDict of a state on another backend: the model stays where it is", async () => {
  const place: Backend = { ...cpu, name: "place" };
  const state = model.stateDict();
  const moved = await new Sequential([new Linear(2, 2), new Counted()]).to(place);
  moved.loadStateDict(state);
  for (const [name, value] of Object.entries(moved.stateDict())) {
    expect([name, value.backend.name, await value.array()]).toEqual([name, "place", await state[name]?.array()]);
  }
});

describe("to", () => {
  test("a backend that has no room for the last", async () => {
    const before = await values();
    let [uploads, live] = [0, 0];
    const backend: Backend = {
      ...cpu,
      name: "cramped",
      upload(data, dtype) {
        if (++uploads === 5) throw new Error("no room");
        live++;
        return cpu.upload(data, dtype);
      },
      free: () => live--,
    };
    await expect(model.to(backend)).rejects.toThrow("no room");
    expect(uploads).toBe(5); // The weights and biases, and the count.
    expect(await values()).toEqual(before);
    expect(live).toBe(0);
  });

  test("a dtype that the backend does not have, where the last is the only one of it", async () => {
    const backend: Backend = { ...cpu, name: "small", dtypes: ["float32", "bool"] };
    const before = await values();
    await expect(model.to(backend)).rejects.toThrow(/dtype must be one of the backend small/);
    expect(await values()).toEqual(before);
  });

  test.each(["int32", "bool"] as const)("%s, which would cut the weights", async (dtype) => {
    const before = await values();
    await expect(model.to({ dtype })).rejects.toThrow(/dtype must be float32 or float64/);
    expect(await values()).toEqual(before);
  });
});
