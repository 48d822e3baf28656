/** The queue, poisoning and the cache, on a gpu.js of the test's own: it computes at once, or fails where it is told to. */
import { BackendError } from "@dlcc/tensor";
import { describe, expect, test, vi } from "vitest";
import { Device, type Numbers } from "../src/device.ts";
import type { Argument, Gpu, Handle } from "../src/gpu-js.ts";
import { kernel } from "../src/kernels/source.ts";

/** What happened, in order. */
type Log = string[];

/** A texture that notes when it is freed. */
class Texture {
  readonly numbers: Float32Array;
  readonly #log: Log;
  constructor(numbers: Float32Array, log: Log) {
    this.numbers = numbers;
    this.#log = log;
  }
  toArray(): Promise<Float32Array> {
    return Promise.resolve(this.numbers.slice());
  }
  delete(): void {
    this.#log.push("delete");
  }
}

/** A gpu.js whose kernels add up their inputs; a kernel whose text says `fail` fails. */
function fakeGpu(log: Log): Gpu {
  return {
    createKernel(source, { output }) {
      const name = /\/\/ (\w+)/.exec(source)?.[1] ?? "";
      log.push(`compile ${name}`);
      const run = (...parameters: readonly Argument[]): Handle => {
        log.push(name);
        if (name === "fail") throw new Error("the device is out of memory");
        const out = new Float32Array(output[0]);
        for (const input of parameters) {
          out.forEach((_, i) => {
            out[i]! += typeof input === "number" ? input : ((input as Texture).numbers?.[i] ?? 0);
          });
        }
        return new Texture(out, log);
      };
      return Object.assign(run, { kernel: {}, destroy: () => log.push(`destroy ${name}`) });
    },
    destroy: async () => void log.push("destroy"),
  };
}

const named = (name: string, variant?: string) => kernel(name, "x", `// ${name}\n`, variant);

function deviceWith(): { device: Device; log: Log } {
  const log: Log = [];
  return { device: new Device("gpu (test)", fakeGpu(log), false), log };
}

/** Two numbers, both `value`. */
const two = (device: Device, value: number): Numbers => device.launch(named("fill"), 2, [], [value]);

describe("the queue", () => {
  test("runs nothing before the program yields, and then all in the order in which it was asked for", async () => {
    const { device, log } = deviceWith();
    const a = two(device, 1);
    const b = device.launch(named("sum"), 2, [a, a]);
    device.free(a);
    expect(log).toEqual([]);
    expect(await device.read("read", b)).toEqual(Float32Array.of(2, 2));
    expect(log).toEqual(["compile fill", "fill", "compile sum", "sum", "delete"]);
  });

  test("takes what is asked for while it runs", async () => {
    const { device } = deviceWith();
    let last = two(device, 1);
    for (let i = 0; i < 5; i++) {
      last = device.launch(named("sum"), 2, [last, last]);
      await Promise.resolve();
    }
    expect(await device.read("read", last)).toEqual(Float32Array.of(32, 32));
  });
});

describe("a job that fails", () => {
  test("poisons what depends on it, and surfaces at the read, with the op's name and the reason", async () => {
    const { device } = deviceWith();
    const failed = device.launch(named("fail"), 2, [two(device, 1)]);
    const dependent = device.launch(named("sum"), 2, [two(device, 1), failed]);
    await expect(device.read("read", dependent)).rejects.toThrow(BackendError);
    await expect(device.read("read", dependent)).rejects.toThrow(
      /^fail: failed on gpu \(test\): .*out of memory.*tidy/,
    );
  });

  test("leaves the others alone, and can be freed", async () => {
    const { device } = deviceWith();
    const failed = device.launch(named("fail"), 2, []);
    const other = two(device, 3);
    device.free(failed);
    expect(await device.read("read", other)).toEqual(Float32Array.of(3, 3));
    expect(device.storages).toBe(1);
    expect(device.handles).toBe(1);
  });

  test("that nobody reads is no unhandled rejection", async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", note);
    const { device } = deviceWith();
    device.launch(named("fail"), 2, []);
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", note);
    expect(rejections).toEqual([]);
  });
});

describe("the cache of kernels", () => {
  test("compiles a kernel once for each size", async () => {
    const { device, log } = deviceWith();
    for (const size of [2, 3, 2, 3, 2]) device.free(device.launch(named("fill"), size, [], [1]));
    await device.read("read", two(device, 1));
    expect(log.filter((entry) => entry.startsWith("compile"))).toHaveLength(2);
  });

  test("is bounded, and destroys a kernel when its last output is gone", async () => {
    const { device, log } = deviceWith();
    const first = device.launch(named("first"), 1, []);
    for (let i = 0; i < 600; i++) device.free(device.launch(named("other", `${i}`), 1, []));
    expect(await device.read("read", first)).toHaveLength(1); // Dropped, but its output is there.
    expect(device.kernels).toBe(512);
    expect(log).not.toContain("destroy first");
    device.free(first);
    await device.read("read", two(device, 1));
    expect(log).toContain("destroy first");
  });
});

describe("dispose", () => {
  test("waits for reads, as long as they take, and for what they depend on", async () => {
    const { device, log } = deviceWith();
    const slow = new Promise<void>((resolve) => setTimeout(resolve, 20));
    const toArray = vi.spyOn(Texture.prototype, "toArray").mockImplementation(async function (this: Texture) {
      await slow;
      log.push("answer");
      return this.numbers.slice();
    });
    const a = two(device, 1);
    const read = device.read("read", device.launch(named("sum"), 2, [a, a]));
    await device.dispose();
    expect(log.slice(-4)).toEqual(["answer", "delete", "delete", "destroy"]); // Both storages were still there.
    expect(await read).toEqual(Float32Array.of(2, 2));
    toArray.mockRestore();
  });

  test("refuses what is asked for after it, and can be called twice", async () => {
    const { device, log } = deviceWith();
    const a = two(device, 1);
    const [once, again] = [device.dispose(), device.dispose()];
    await expect(device.read("read", a)).rejects.toThrow(/disposed of: make a new one/);
    await expect(device.read("read", two(device, 1))).rejects.toThrow(/disposed of/);
    await Promise.all([once, again]);
    expect(log.filter((entry) => entry === "destroy")).toHaveLength(1);
  });
});

test("a tensor with more elements than float32 can count is refused, with the way out", () => {
  const { device } = deviceWith();
  expect(() => device.launch(named("fill"), 2 ** 24 + 1, [])).toThrow(/16777217 elements is too large.*wasm/);
});
