/** Whatever a worker does, `createWasm` resolves, and says what went wrong. vitest fails on what is thrown elsewhere. */
import { EventEmitter } from "node:events";
import * as threads from "node:worker_threads";
import { matmul, tensor, tidy } from "@dlcc/tensor";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createWasm, type WasmBackend } from "../src/index.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function works(backend: WasmBackend): Promise<void> {
  const sum = tidy(() => {
    const x = tensor(new Float32Array(300 * 300).fill(1), { shape: [300, 300], backend });
    return matmul(x, x).sum();
  });
  expect(await sum.item()).toBe(300 ** 3);
  sum.dispose();
}

describe("in Node and its like", () => {
  const hostWith = (Worker: unknown): void => {
    vi.spyOn(process, "getBuiltinModule").mockImplementation(() => ({ Worker }) as never);
  };

  /** A worker that does what `act` says once it is listened to. */
  const fake = (act: (worker: EventEmitter) => void, other: object = {}): unknown =>
    class extends EventEmitter {
      unref = vi.fn();
      terminate: () => unknown = vi.fn(async () => 1);
      constructor() {
        super();
        Object.assign(this, other);
        setTimeout(() => act(this));
      }
    };
  const refuse = (): never => {
    throw new Error("not here");
  };

  const failures: Readonly<Record<string, readonly [Worker: unknown, note: string]>> = {
    "its constructor throws": [
      class {
        constructor() {
          refuse();
        }
      },
      "not here",
    ],
    "it has an error": [fake((worker) => worker.emit("error", new Error("no code"))), "did not start: no code"],
    "it has an error, and then another one": [
      fake((worker) => {
        worker.emit("error", new Error("first"));
        worker.emit("error", new Error("second"));
      }),
      "did not start: first",
    ],
    "its error is not one": [fake((worker) => worker.emit("error", undefined)), "did not start: undefined"],
    "it exits": [fake((worker) => worker.emit("exit", 3)), "did not start: it ended with 3"],
    "its message can't be read": [fake((worker) => worker.emit("messageerror", new Error("garbled"))), "garbled"],
    "it says something else": [fake((worker) => worker.emit("message", { a: 1 })), 'first message must be "ready"'],
    "it says something that has no text": [fake((worker) => worker.emit("message", Object.create(null))), "ready"],
    "it can't be let go": [fake((worker) => worker.emit("message", "ready"), { unref: refuse }), "not here"],
    "its clock fails": [
      fake((worker) => worker.emit("message", "ready"), { performance: { eventLoopUtilization: refuse } }),
      "not here",
    ],
    "it can't be ended": [fake((worker) => worker.emit("exit", 1), { terminate: refuse }), "it ended with 1"],
    "it can't be ended, as a promise says": [
      fake((worker) => worker.emit("exit", 1), { terminate: async () => refuse() }),
      "it ended with 1",
    ],
    "it can't be listened to": [fake(() => {}, { on: refuse }), "not here"],
  };

  test.each(Object.entries(failures))(
    "%s: there is one thread, and a note that says why",
    async (_, [Worker, note]) => {
      hostWith(Worker);
      const backend = await createWasm({ threads: 2 });
      expect(backend.info).toEqual({ threads: 1, note: expect.stringContaining(note) });
      await works(backend);
    },
  );

  test("a program that throws when it is loaded is no helper", async () => {
    hostWith(
      class extends threads.Worker {
        constructor(_: string, options: threads.WorkerOptions) {
          super("throw new Error('spoilt')", options);
        }
      },
    );
    const backend = await createWasm({ threads: 3 });
    expect(backend.info).toEqual({ threads: 1, note: "a worker did not start: spoilt" });
    await works(backend);
  });

  test("a worker that says nothing is not waited for longer than some seconds, and is ended", async () => {
    const terminate = vi.fn();
    const on = vi.fn();
    hostWith(fake(() => {}, { terminate, on }));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const created = createWasm({ threads: 2 });
    while (on.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(10_000);
    const backend = await created;
    expect(backend.info).toEqual({ threads: 1, note: "a worker did not start: it took too long" });
    expect(terminate).toHaveBeenCalledOnce();
    await works(backend);
  });

  test("a worker that ends as soon as it is ready is not counted", async () => {
    hostWith(
      fake((worker) => {
        worker.emit("message", "ready");
        worker.emit("exit", 0);
      }),
    );
    const backend = await createWasm({ threads: 2 });
    expect(backend.info.threads).toBe(1);
    await works(backend);
  });

  // As in Deno.
  test.each([undefined, {}])("a worker that can't tell how busy it is will do: %s", async (performance) => {
    hostWith(
      class extends threads.Worker {
        constructor(code: string, options: threads.WorkerOptions) {
          super(code, options);
          Object.defineProperty(this, "performance", { value: performance });
        }
      },
    );
    const backend = await createWasm({ threads: 2 });
    expect(backend.info).toEqual({ threads: 2 });
    await works(backend);
    backend.dispose();
  });

  // Bun prints a warning each time that it is asked.
  test("Bun is not asked how busy a worker is", async () => {
    const eventLoopUtilization = vi.fn();
    vi.spyOn(process, "versions", "get").mockReturnValue({ ...process.versions, bun: "1.4.5" });
    hostWith(
      class extends threads.Worker {
        constructor(code: string, options: threads.WorkerOptions) {
          super(code, options);
          Object.defineProperty(this, "performance", { value: { eventLoopUtilization } });
        }
      },
    );
    const backend = await createWasm({ threads: 2 });
    expect(backend.info).toEqual({ threads: 2 });
    await works(backend);
    expect(eventLoopUtilization).not.toHaveBeenCalled();
    backend.dispose();
  });
});

describe("where there are no workers, as in a service worker", () => {
  test("there is one thread, and a note that says why", async () => {
    vi.spyOn(process, "getBuiltinModule").mockImplementation(() => undefined as never);
    vi.stubGlobal("Worker", undefined);
    const backend = await createWasm({ threads: 2 });
    expect(backend.info).toEqual({ threads: 1, note: expect.stringContaining("there are no workers here") });
    await works(backend);
  });
});

describe("in browsers", () => {
  interface Handlers {
    onmessage?: ((event: { data: unknown }) => void) | undefined;
    onerror?: ((event: unknown) => void) | undefined;
    onmessageerror?: ((event: unknown) => void) | undefined;
  }

  const fake = (act: (worker: Handlers) => void): unknown =>
    class implements Handlers {
      onmessage?: Handlers["onmessage"];
      onerror?: Handlers["onerror"];
      onmessageerror?: Handlers["onmessageerror"];
      postMessage(): void {
        act(this);
      }
      terminate(): void {}
    };

  const failures: Readonly<Record<string, readonly [Worker: unknown, note: string]>> = {
    "its constructor throws": [
      class {
        constructor() {
          throw new Error("blocked by CSP");
        }
      },
      "blocked by CSP",
    ],
    "it has an error": [fake((worker) => worker.onerror?.({ message: "no code" })), "did not start: no code"],
    // As when a policy forbids its address.
    "it has an error without words": [fake((worker) => worker.onerror?.({})), "did not start: object"],
    "it says something else": [fake((worker) => worker.onmessage?.({ data: 7 })), 'first message must be "ready"'],
    "its message can't be read": [fake((worker) => worker.onmessageerror?.({})), "did not start"],
    "the memory can't be sent to it": [
      fake(() => {
        throw new Error("could not be cloned");
      }),
      "could not be cloned",
    ],
  };

  test.each(Object.entries(failures))(
    "%s: there is one thread, and a note that says why",
    async (_, [Worker, note]) => {
      vi.spyOn(process, "getBuiltinModule").mockImplementation(() => undefined as never);
      vi.stubGlobal("Worker", Worker);
      const backend = await createWasm({ threads: 2 });
      expect(backend.info).toEqual({ threads: 1, note: expect.stringContaining(note) });
      await works(backend);
    },
  );

  test("an error after it was ready: it is counted no more", async () => {
    let worker: Handlers | undefined;
    vi.spyOn(process, "getBuiltinModule").mockImplementation(() => undefined as never);
    vi.stubGlobal(
      "Worker",
      fake((made) => {
        worker = made;
        made.onmessage?.({ data: "ready" });
      }),
    );
    const backend = await createWasm({ threads: 2 });
    expect(backend.info).toEqual({ threads: 2 });
    worker?.onerror?.({ message: "out of bounds" });
    expect(backend.info.threads).toBe(1);
    await works(backend);
  });
});
