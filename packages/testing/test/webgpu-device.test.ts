/** The queue, poisoning, memory and loss, on a device whose adapter the tests hand in, and so can spoil. */
import {
  asin,
  atan,
  type Backend,
  BackendError,
  broadcastTo,
  Generator,
  gather,
  integer,
  matmul,
  ones,
  randn,
  scatterAdd,
  type Tensor,
  tensor,
  tidy,
} from "@dlcc/tensor";
import { expect, test } from "vitest";
import { describeWebGpu, testBackend, withDevice } from "./fixtures/webgpu.ts";

await describeWebGpu("webgpu", (shared) => {
  test("says what it runs on, and how exact that is", () => {
    const { adapter, software, limits, precision } = shared.info;
    expect(adapter).toMatch(/./);
    expect(software).toBe(true); // As the tests have it.
    expect(limits.elements).toBeGreaterThanOrEqual(2 ** 25);
    expect(Object.keys(precision)).toEqual(expect.arrayContaining(["matmul", "softmax", "argmax", "conv2d"]));
    for (const error of Object.values(precision)) expect(error).toBeLessThan(1e-5);
  });

  test("refuses software unless it is asked for, by its name", async () => {
    await expect(testBackend({ allowSoftware: false })).rejects.toThrow(
      /createWebGpu: .*swiftshader.* is a software renderer.*allowSoftware/i,
    );
  });

  test("a tensor that is larger than the device's buffers is refused, with the way out", () => {
    const x = broadcastTo(ones([1], { backend: shared }), [shared.info.limits.elements + 4]);
    expect(() => x.add(1)).toThrow(/add: a tensor of \d+ elements is too large for webgpu .*minibatches/);
    x.dispose();
  });

  test("a loop that never yields holds as many buffers as one step of it", async () => {
    await tidy(() => ones([100], { backend: shared }).add(1)).data(); // From here on its kernel is there.
    let x = ones([100], { backend: shared });
    for (let i = 0; i < 3000; i++) {
      const next = x.add(1);
      x.dispose();
      x = next;
    }
    expect(shared.memory.buffers).toBeLessThanOrEqual(3);
    expect((await x.data())[0]).toBe(3001);
    x.dispose();
  });

  test("an op that fails poisons what depends on it and nothing else, and surfaces at the read with its name", async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    globalThis.process?.on?.("unhandledRejection", note);
    const { backend, device } = await withDevice();
    const compile = device.createComputePipelineAsync.bind(device);
    const [x, other] = [ones([2], { backend }), ones([2], { backend })];
    device.createComputePipelineAsync = async () => Promise.reject(new Error("the compiler is out"));
    const failed = atan(x);
    const dependent = failed.add(other);
    const unread = asin(x);
    await expect(dependent.data()).rejects.toThrow(BackendError);
    await expect(dependent.data()).rejects.toThrow(/^atan: failed on webgpu .*the compiler is out.*tidy/);
    device.createComputePipelineAsync = compile;
    expect(await other.add(1).array()).toEqual([2, 2]);
    unread.dispose();
    await backend.flush();
    await new Promise((resolve) => setTimeout(resolve, 10));
    globalThis.process?.off?.("unhandledRejection", note);
    expect(rejections).toEqual([]);
    await backend.dispose();
  });

  test("what the device refuses is an error at the read, with the reason", async () => {
    const { backend, device } = await withDevice();
    const make = device.createShaderModule.bind(device);
    device.createShaderModule = () => make({ code: "this is no shader" });
    await expect(atan(ones([2], { backend })).data()).rejects.toThrow(
      /^atan: .*the kernel atan .* did not compile: line 1/,
    );
    await backend.dispose();
  });

  test("no room on the device is an error at the read, with the way out, and what fits still works", async () => {
    const { backend, device } = await withDevice();
    const x = ones([2 ** 20], { backend });
    await backend.flush();
    const [push, pop] = [device.pushErrorScope.bind(device), device.popErrorScope.bind(device)];
    const scopes: string[] = [];
    device.pushErrorScope = (filter) => {
      scopes.push(filter);
      push(filter);
    };
    device.popErrorScope = async () => {
      const isRoom = scopes.pop() === "out-of-memory";
      const error = await pop();
      return isRoom ? { message: "there is no room" } : error;
    };
    const sum = x.add(1);
    await expect(sum.data()).rejects.toThrow(/^add: failed on webgpu .*out of memory: there is no room.*tidy/);
    expect(await ones([2], { backend }).add(1).array()).toEqual([2, 2]);
    Object.assign(device, { pushErrorScope: push, popErrorScope: pop });
    expect((await x.add(2).data())[2 ** 20 - 1]).toBe(3);
    await backend.dispose();
  });

  test("a device that is lost is an error at the read, and a new backend works", async () => {
    const { backend, device } = await withDevice();
    const x = tensor([1, 2], { backend });
    expect(await x.add(1).array()).toEqual([2, 3]);
    device.destroy();
    await device.lost;
    await expect(x.array()).rejects.toThrow(/the device was lost.*createWebGpu\(\)/);
    await expect(x.add(1).array()).rejects.toThrow(/the device was lost/);
    await backend.flush(); // It does not hang.
    const fresh = await testBackend();
    expect(await tensor([1, 2], { backend: fresh }).add(1).array()).toEqual([2, 3]);
    await fresh.dispose();
  });

  test("asks for no optional feature, and for no limit but the size of buffers", async () => {
    const { backend, descriptor } = await withDevice();
    const { requiredLimits, ...more } = descriptor as { requiredLimits: object };
    expect(Object.keys(requiredLimits)).toEqual(["maxBufferSize", "maxStorageBufferBindingSize"]);
    expect(more).toEqual({});
    await backend.dispose();
  });

  test("a device with all optional features has the same results", async () => {
    const { backend } = await withDevice(undefined, true);
    const product = async (where: Backend): Promise<unknown> => {
      const c = tidy(() =>
        matmul(randn([70, 50], { seed: 1, backend: where }), randn([50, 90], { seed: 2, backend: where })),
      );
      const data = await c.data();
      c.dispose();
      return data;
    };
    expect(await product(backend)).toEqual(await product(shared));
    await backend.dispose();
  });

  test("what is read in one turn comes in one answer, whatever is freed in between", async () => {
    let answers = 0;
    const { backend, device } = await withDevice();
    const create = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      if ((descriptor.usage & 1) !== 0) answers++;
      return create(descriptor);
    };
    const tensors = [1, 2, 3].map((value) => tensor([value, 10 * value], { backend }).add(1));
    expect(await Promise.all(tensors.map((t) => t.array()))).toEqual([2, 3, 4].map((v) => [v, 10 * v - 9]));
    expect(answers).toBe(1);
    const [first, second] = tensors as [Tensor, Tensor];
    const numbers = first.array();
    first.dispose(); // Its buffer is the next result's.
    const next = second.mul(100);
    expect(await numbers).toEqual([2, 11]);
    expect(await next.array()).toEqual([300, 2100]);
    await backend.dispose();
  });

  test("dispose waits for reads, and refuses what comes after", async () => {
    const backend = await testBackend();
    const a = randn([32, 32], { seed: 1, backend });
    const [sum, product] = [tensor([1, 2], { backend }).add(1).array(), matmul(a, a).data()];
    await Promise.all([backend.dispose(), backend.dispose()]);
    expect(await sum).toEqual([2, 3]);
    expect(await product).toHaveLength(32 * 32);
    await expect(a.data()).rejects.toThrow(/disposed of: make a new one/);
    await expect(a.add(1).data()).rejects.toThrow(/disposed of/);
    expect(backend.memory).toMatchObject({ spare: 0 });
  });
});

await describeWebGpu("indices on webgpu", (backend) => {
  /** Indices that the host does not know: computed on the device. */
  const onDevice = (indices: readonly number[]): Tensor => tensor(Int32Array.from(indices), { backend }).add(0);
  const fromHost = (indices: readonly number[]): Tensor => tensor(Int32Array.from(indices), { backend });

  test.each([
    ["the host's", fromHost],
    ["the device's own", onDevice],
  ])("scatterAdd by %s adds up in the order of the indices: the same bits each time, and cpu's", async (_, indices) => {
    const rows = Array.from({ length: 500 }, (_, i) => (i * i) % 7);
    const run = async (where: Backend | undefined): Promise<unknown> => {
      const x = randn([500, 3], { seed: 1, ...(where && { backend: where }) });
      const i = where ? indices(rows) : tensor(Int32Array.from(rows));
      const sums = scatterAdd(x, i, 0, 7);
      const data = await sums.data();
      for (const t of [x, i, sums]) t.dispose();
      return data;
    };
    const first = (await run(backend)) as Float32Array;
    expect(await run(backend)).toEqual(first);
    const wanted = (await run(undefined)) as Float32Array;
    wanted.forEach((value, i) => {
      expect(Math.abs((first[i] as number) - value)).toBeLessThan(1e-5);
    });
  });

  test.each([
    ["the host's", fromHost],
    ["the device's own", onDevice],
  ])("scatterAdd by %s has the same bits each time where 10,000 rows fall on three of five", async (_, indices) => {
    const [rows, width] = [10_000, 2];
    const random = new Generator(1);
    const places = Array.from({ length: rows }, () => integer(random, 3) * 2); // 0, 2, 4: nothing falls on 1 and 3.
    const data = Float32Array.from({ length: rows * width }, () => 2 * random.uniform() - 1);
    const run = async (): Promise<Float32Array> => {
      const sums = tidy(() => scatterAdd(tensor(data, { shape: [rows, width], backend }), indices(places), 0, 5));
      const result = (await sums.data()) as Float32Array;
      sums.dispose();
      return result;
    };
    const [first, second] = [await run(), await run()];
    expect(new Uint32Array(second.buffer)).toEqual(new Uint32Array(first.buffer));
    const wanted = new Float64Array(5 * width);
    const sizes = new Float64Array(5 * width);
    data.forEach((value, i) => {
      const at = (places[Math.floor(i / width)] as number) * width + (i % width);
      wanted[at]! += value;
      sizes[at]! += Math.abs(value);
    });
    wanted.forEach((sum, at) => {
      // Far within what n float32 additions in a row may be off: n · 2⁻²⁴ of Σ|x|.
      expect(Math.abs((first[at] as number) - sum), `${at}`).toBeLessThanOrEqual(sizes[at]! * 2 ** -18);
    });
    expect([2, 3, 6, 7].map((at) => first[at])).toEqual([0, 0, 0, 0]);
  });

  test("an index outside is an error at once where the host knows it", () => {
    const x = ones([3], { backend });
    expect(() => gather(x, fromHost([3]))).toThrow(/from -3 to 2, got 3/);
    expect(() => scatterAdd(x, fromHost([0, 1, -4]), 0, 3)).toThrow(/from -3 to 2, got -4/);
    x.dispose();
  });

  test("else floats are NaN, and whole numbers an error at the read of them and of what they led to", async () => {
    const floats = ones([3], { backend });
    expect(await gather(floats, onDevice([0, 3])).array()).toEqual([1, Number.NaN]);
    expect(await scatterAdd(floats, onDevice([0, 1, -4]), 0, 3).array()).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    const whole = tensor(Int32Array.of(5, 6, 7), { backend });
    expect(await gather(whole, onDevice([-1, 0])).array()).toEqual([7, 5]);
    const outside = gather(whole, onDevice([0, 3]));
    const message = /an index of gather was outside its axis: indices must be from -3 to 2/;
    await expect(outside.array()).rejects.toThrow(message);
    await expect(outside.add(1).mul(2).array()).rejects.toThrow(message);
    await expect(scatterAdd(whole, onDevice([0, 1, 9]), 0, 3).array()).rejects.toThrow(/scatterAdd was outside/);
    expect(await whole.add(1).array()).toEqual([6, 7, 8]);
  });
});
