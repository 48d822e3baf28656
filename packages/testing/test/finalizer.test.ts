import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type Backend,
  cpu,
  debug,
  finalizer,
  liveTensors,
  Parameter,
  slice,
  tensor,
  tidy,
  unscopedTensors,
} from "@dlcc/tensor";
import { expect, test } from "vitest";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** A backend whose storages the garbage collector does not see: `live` counts them. */
function device(): { readonly backend: Backend; readonly live: () => number } {
  let live = 0;
  const backend: Backend = {
    ...cpu,
    name: "device",
    finalizer,
    upload(data) {
      live++;
      return data.slice();
    },
    free: () => live--,
  };
  return { backend, live: () => live };
}

/** Collects garbage and yields, until a condition holds, or until it is clear that it won't. */
async function collect(until: () => boolean): Promise<void> {
  for (let i = 0; i < 10 && !until(); i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("forgotten tensors give their storages back after a garbage collection", async () => {
  const { backend, live } = device();
  (() => {
    for (let i = 0; i < 20; i++) tensor([i], { backend });
  })();
  expect(live()).toBe(20);
  await collect(() => live() === 0);
  expect(live()).toBe(0);
});

test("what a tidy returned is given back when it is forgotten", async () => {
  const { backend, live } = device();
  (() => {
    tidy(() => tensor([1], { backend }).reshape([1, 1]));
  })();
  expect(live()).toBe(1);
  await collect(() => live() === 0);
  expect(live()).toBe(0);
});

test("a view keeps the storage of a forgotten tensor", async () => {
  const { backend, live } = device();
  const view = (() => slice(tensor([1, 2], { backend }), [1]))();
  await collect(() => false);
  expect(live()).toBe(1);
  expect(await view.array()).toEqual([2]);
});

test("a tensor that was disposed of is not given back twice", async () => {
  const { backend, live } = device();
  (() => tensor([1], { backend }).dispose())();
  await collect(() => false);
  expect(live()).toBe(0);
});

test("a forgotten parameter gives its value back", async () => {
  const { backend, live } = device();
  (() => {
    tidy(() => new Parameter("w", tensor([1], { backend })));
  })();
  expect(live()).toBe(1);
  await collect(() => live() === 0);
  expect(live()).toBe(0);
});

test("a parameter is one owner to the finalizer, whatever values it has had", async () => {
  const { backend, live } = device();
  const before = unscopedTensors();
  (() => {
    const w = tidy(() => new Parameter("w", tensor([1], { backend })));
    for (let i = 0; i < 3; i++) {
      tidy(() => {
        w.value = tensor([i], { backend });
      });
    }
    expect(live()).toBe(1);
  })();
  await collect(() => live() === 0);
  expect(live()).toBe(0);
  expect(unscopedTensors()).toBe(before);
});

test("a parameter that moved to such a backend gives its value back, and one that left it owes nothing", async () => {
  const { backend, live } = device();
  const before = unscopedTensors();
  const stays = tidy(() => new Parameter("stays", tensor([1], { backend })));
  tidy(() => {
    stays.value = tensor([2]);
  });
  expect(live()).toBe(0);
  expect(unscopedTensors()).toBe(before);
  (() => {
    const w = new Parameter("w", tensor([1]));
    tidy(() => {
      w.value = tensor([2], { backend });
    });
    expect(live()).toBe(1);
    expect(unscopedTensors()).toBe(before + 1);
  })();
  await collect(() => live() === 0);
  expect(live()).toBe(0);
  expect(await stays.value.item()).toBe(2);
});

test("unscopedTensors counts the tensors outside of scopes on such backends", () => {
  const { backend } = device();
  const before = unscopedTensors();
  const x = tensor([1], { backend });
  tidy(() => {
    tensor([2], { backend });
  });
  tensor([3]);
  expect(unscopedTensors() - before).toBe(1);
  x.dispose();
  expect(unscopedTensors() - before).toBe(0);
});

test("debug's list of live tensors forgets what the garbage collector finds", async () => {
  debug(true);
  (() => {
    for (let i = 0; i < 20; i++) tensor([i]);
  })();
  expect(liveTensors()).toMatchObject([{ tensors: 20, bytes: 80 }]);
  await collect(() => liveTensors().length === 0);
  expect(liveTensors()).toEqual([]);
  debug(false);
});
