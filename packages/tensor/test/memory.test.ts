import { beforeEach, describe, expect, test } from "vitest";
import {
  ArgumentError,
  add,
  apply,
  applyStep,
  type Backend,
  cpu,
  DisposedError,
  keep,
  ops,
  Parameter,
  type Storage,
  slice,
  type Tensor,
  tensor,
  tidy,
  withRecorder,
} from "../src/index.ts";

/** `cpu`, with a record of what was freed. */
let freed: Storage[];
let backend: Backend;
beforeEach(() => {
  freed = [];
  backend = { ...cpu, name: "watched", free: (storage) => freed.push(storage) };
});
const make = (data: number[] = [1, 2]): Tensor => tensor(data, { backend });

describe("claims", () => {
  test("a storage is freed with its last claim, and once", () => {
    const x = make();
    const { storage } = x;
    const view = x.reshape([2, 1]);
    x.dispose();
    x.dispose();
    expect(freed).toEqual([]);
    view.dispose();
    expect(freed).toEqual([storage]);
  });

  test("a view works on when its origin is disposed of", async () => {
    const x = make();
    const view = slice(x, [1]);
    x.dispose();
    expect(await view.array()).toEqual([2]);
  });

  test("ops do not consume their inputs", async () => {
    const x = make();
    x.add(x).dispose();
    expect(await x.array()).toEqual([1, 2]);
  });

  test("an input that is disposed of leaves the result", async () => {
    const x = make();
    const y = x.exp().log();
    x.dispose();
    expect((await y.data())[1]).toBeCloseTo(2, 6);
  });

  test("using disposes of a tensor at the end of the block", () => {
    let inside: Tensor | undefined;
    {
      using x = make();
      inside = x;
      expect(x.disposed).toBe(false);
    }
    expect(inside.disposed).toBe(true);
    expect(freed).toHaveLength(1);
  });
});

describe("tidy", () => {
  test("gives back what was made inside, but for what is returned", () => {
    let inner: Tensor | undefined;
    const result = tidy(() => {
      inner = make();
      return inner.neg();
    });
    expect([inner?.disposed, result.disposed]).toEqual([true, false]);
    expect(freed).toHaveLength(1);
  });

  test("leaves alone what was there before", () => {
    const x = make();
    tidy(() => x.neg());
    expect(x.disposed).toBe(false);
  });

  test("finds tensors in arrays, plain objects, maps and sets, however deep", () => {
    const made: Tensor[] = [];
    const one = (): Tensor => {
      const t = make();
      made.push(t);
      return t;
    };
    tidy(() => ({ a: [one(), { b: one() }], c: new Map([["d", one()]]), e: new Set([[one()]]) }));
    expect(made.map((t) => t.disposed)).toEqual([false, false, false, false]);
  });

  test("survives a result that contains itself", () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(tidy(() => loop)).toBe(loop);
  });

  test("hands what an inner scope returns to the outer one", () => {
    let inner: Tensor | undefined;
    tidy(() => {
      inner = tidy(() => make());
      expect(inner.disposed).toBe(false);
    });
    expect(inner?.disposed).toBe(true);
  });

  test("gives all back when the function throws", () => {
    expect(() =>
      tidy(() => {
        make().neg();
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(freed).toHaveLength(2);
    expect(make().disposed).toBe(false); // The scope is closed.
  });

  test("refuses an async function, and gives all back", () => {
    const call = (): unknown =>
      tidy(async () => {
        make();
        await Promise.resolve();
      });
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(/^tidy: the function must not be async/);
    expect(freed).toHaveLength(2);
  });

  test("refuses an async function that fails later, with no unhandled rejection", async () => {
    expect(() => tidy(() => Promise.reject(new Error("later")))).toThrow(/async/);
    await new Promise((resolve) => setTimeout(resolve, 0));
  });

  test("keeps no claim on what was disposed of inside", () => {
    tidy(() => make().dispose());
    expect(freed).toHaveLength(1);
  });

  test.each<[string, (fn: () => Tensor) => Tensor]>([
    ["alone", (fn) => tidy(fn)],
    ["inside another tidy", (fn) => tidy(() => tidy(fn))],
  ])("%s, hands out a tensor that was disposed of as it is: its next use throws", (_, run) => {
    let other: Tensor | undefined;
    const gone = run(() => {
      const x = make();
      other = make();
      x.dispose();
      return x;
    });
    expect(other?.disposed).toBe(true);
    expect(freed).toHaveLength(2); // Each once.
    expect(() => gone.exp()).toThrow(DisposedError);
  });

  test("a value returned as another handle stays", async () => {
    const x = tidy(() => make().transpose(0, 0));
    expect(await x.array()).toEqual([1, 2]);
    expect(freed).toEqual([]);
  });
});

describe("keep", () => {
  test("takes a tensor out of its scope", async () => {
    let kept: Tensor | undefined;
    tidy(() => {
      kept = keep(make().neg());
    });
    expect(kept?.disposed).toBe(false);
    expect(await kept?.array()).toEqual([-1, -2]);
  });

  test("takes it out of all scopes", () => {
    let kept: Tensor | undefined;
    tidy(() => {
      tidy(() => {
        kept = keep(make());
      });
      expect(kept?.disposed).toBe(false);
    });
    expect(kept?.disposed).toBe(false);
  });

  test("takes an outer scope's tensor out from within an inner one", () => {
    let kept: Tensor | undefined;
    tidy(() => {
      const x = make();
      tidy(() => {
        kept = keep(x);
      });
    });
    expect(kept?.disposed).toBe(false);
  });

  test("leaves a tensor that is in no scope as it is", () => {
    const x = make();
    expect(keep(x)).toBe(x);
    expect(x.disposed).toBe(false);
  });
});

describe("Parameter", () => {
  test("a variable that holds the old value is untouched by a new one", async () => {
    const cell = new Parameter("w", make([1, 2]));
    const before = cell.value;
    cell.value = make([3, 4]);
    expect(await before.array()).toEqual([1, 2]);
    expect(await cell.value.array()).toEqual([3, 4]);
  });

  test("a view of the old value is untouched by a new one", async () => {
    const cell = new Parameter("w", make([1, 2]));
    const view = slice(cell.value, [1]);
    cell.value = make([3, 4]);
    expect(await view.array()).toEqual([2]);
  });

  test("has a claim of its own on its value", async () => {
    const x = make();
    const cell = new Parameter("w", x);
    x.dispose();
    expect(await cell.value.array()).toEqual([1, 2]);
  });

  test("survives the scope that its value was made in", async () => {
    const cell = tidy(() => new Parameter("w", make()));
    expect(await cell.value.array()).toEqual([1, 2]);
  });

  test("gives the old value back when nobody else claims it", () => {
    const cell = tidy(() => new Parameter("w", make()));
    const old = cell.peek().storage;
    tidy(() => {
      cell.value = make([3, 4]);
    });
    expect(freed).toEqual([old]);
  });

  test("each read belongs to the scope that it was made in", async () => {
    const cell = new Parameter("w", make());
    let inside: Tensor | undefined;
    tidy(() => {
      inside = cell.value;
    });
    const outside = cell.value;
    expect([inside?.disposed, outside.disposed]).toEqual([true, false]);
    expect(await outside.array()).toEqual([1, 2]);
  });

  test("a read that is disposed of leaves the cell", async () => {
    const cell = new Parameter("w", make());
    cell.value.dispose();
    expect(await cell.value.array()).toEqual([1, 2]);
  });

  test("keeps its value when the new one was disposed of", async () => {
    const cell = new Parameter("w", make());
    const gone = make();
    gone.dispose();
    expect(() => {
      cell.value = gone;
    }).toThrow(/disposed/);
    expect(await cell.value.array()).toEqual([1, 2]);
  });

  test("handles of one value have one id; a new value has another", () => {
    const cell = new Parameter("w", make());
    expect(cell.value.id).toBe(cell.value.id);
    const before = cell.value.id;
    cell.value = make();
    expect(cell.value.id).not.toBe(before);
  });
});

describe("applyStep", () => {
  const plain = { lr: 0.5, weightDecay: 0, momentum: 0, nesterov: false };
  const cellOf = (data: number[]): Parameter => tidy(() => new Parameter("w", make(data)));

  test("puts the new value into the cell", async () => {
    const cell = cellOf([1, 2]);
    applyStep(ops.sgdStep, plain, [cell], make([2, 4]));
    expect(await cell.value.array()).toEqual([0, 0]);
  });

  test("reuses the storage that only the cell claims", () => {
    const cell = cellOf([1, 2]);
    const { storage } = cell.peek();
    applyStep(ops.sgdStep, plain, [cell], make());
    expect(cell.peek().storage).toBe(storage);
    expect(freed).toEqual([]);
  });

  test("gives a value in a reused storage a new id", () => {
    const cell = cellOf([1, 2]);
    const { id } = cell.peek();
    applyStep(ops.sgdStep, plain, [cell], make());
    expect(cell.peek().id).not.toBe(id);
  });

  test("leaves the storage that a variable claims, too", async () => {
    const cell = cellOf([1, 2]);
    const held = cell.value;
    applyStep(ops.sgdStep, plain, [cell], make([2, 4]));
    expect(cell.peek().storage).not.toBe(held.storage);
    expect(await held.array()).toEqual([1, 2]);
  });

  test("leaves the storage that a view claims, too", async () => {
    const cell = cellOf([1, 2]);
    const view = tidy(() => slice(cell.value, [1]));
    applyStep(ops.sgdStep, plain, [cell], make([2, 4]));
    expect(await view.array()).toEqual([2]);
  });

  test("leaves the storage that two cells share", async () => {
    const cell = cellOf([1, 2]);
    const other = tidy(() => new Parameter("v", cell.value));
    applyStep(ops.sgdStep, plain, [cell], make([2, 4]));
    expect(await other.value.array()).toEqual([1, 2]);
  });

  test("leaves all storages while somebody records", () => {
    const cell = cellOf([1, 2]);
    const { storage } = cell.peek();
    withRecorder({ record() {} }, () => applyStep(ops.sgdStep, plain, [cell], make()));
    expect(cell.peek().storage).not.toBe(storage);
  });

  test("decides for each cell on its own", () => {
    const [cell, velocity] = [cellOf([1, 2]), cellOf([0, 0])];
    const held = velocity.value;
    const { storage } = cell.peek();
    applyStep(ops.momentumStep, { ...plain, momentum: 0.9 }, [cell, velocity], make());
    expect(cell.peek().storage).toBe(storage);
    expect(velocity.peek().storage).not.toBe(held.storage);
  });
});

describe("recorders", () => {
  test("are told of each op with its inputs and outputs, after it ran", () => {
    const steps: string[] = [];
    const x = make();
    withRecorder(
      { record: ({ op, inputs, outputs }) => steps.push(`${op.name} ${inputs.length} ${outputs[0].shape}`) },
      () => add(x, x).sum(),
    );
    expect(steps).toEqual(["add 2 2", "sum 1 1", "reshape 1 "]);
  });

  test("see a custom op as one, not what it is made of", () => {
    const steps: string[] = [];
    const backward = (): [] => [];
    withRecorder({ record: ({ op }) => steps.push(op.name) }, () =>
      apply(ops.custom, { name: "cube", forward: (x) => x.mul(x).mul(x), backward }, make()),
    );
    expect(steps).toEqual(["custom"]);
  });
});

describe("outside of scopes, what an op makes on the way is given back", () => {
  /** How many storages are left when an op's result and its input have been disposed of. */
  function left(op: (x: Tensor) => Tensor): number {
    let made = 0;
    const counted: Backend = {
      ...backend,
      upload(data, dtype) {
        made++;
        return backend.upload(data, dtype);
      },
      kernel(op) {
        const kernel = backend.kernel(op);
        if (!kernel) return undefined;
        return (...call) => {
          const results = kernel(...call);
          made += results.length;
          return results;
        };
      },
    };
    const x = tensor([1, 2], { backend: counted });
    op(x).dispose();
    x.dispose();
    return made - freed.length;
  }

  test.each<[string, (x: Tensor) => Tensor]>([
    ["add", (x) => x.add(x)],
    ["sum", (x) => x.sum()],
    ["matmul of vectors", (x) => x.matmul(x)],
    ["mean", (x) => x.mean()],
  ])("%s", (_, op) => {
    expect(left(op)).toBe(0);
  });

  test("add of a number", () => {
    expect(left((x) => x.add(1))).toBe(0);
  });

  test("add with broadcasting", () => {
    const broadcast = (x: Tensor): Tensor => {
      const last = slice(x, [1]);
      const sum = x.add(last);
      last.dispose();
      return sum;
    };
    expect(left(broadcast)).toBe(0);
  });

  test("an index", () => {
    expect(left((x) => slice(x, 0))).toBe(0);
  });
});
