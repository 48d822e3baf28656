/** Training on the machine's BLAS: cpu's losses and gradients, the same bits twice, and no storage is left. */
import { grad, gradCheck, valueAndGrad } from "@dlcc/autograd";
import { createBlas } from "@dlcc/blas";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { type Backend, cpu, type DType, matmul, randn, type Tensor, tensor, tidy, zeros } from "@dlcc/tensor";
import { expect, test } from "vitest";
import { describeBlas } from "./machine-blas.ts";

/** The losses of some steps of Adam, on 64 examples of 10 classes. */
async function losses(backend: Backend, dtype: DType, steps: number): Promise<number[]> {
  const x = randn([64, 100], { seed: 1, backend, dtype });
  const y = tensor(
    Array.from({ length: 64 }, (_, i) => i % 10),
    { dtype: "int32", backend },
  );
  const model = new Sequential([new Linear(100, 50, { seed: 2, dtype }), relu, new Linear(50, 10, { seed: 3, dtype })]);
  await model.to(backend);
  const optimizer = adam(model.parameters(), { lr: 0.01 });
  const values: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
    optimizer.step(gradients);
    values.push(await value.item());
    value.dispose();
  }
  for (const t of [x, y]) t.dispose();
  optimizer.dispose();
  model.dispose();
  return values;
}

await describeBlas("training on blas", (blas) => {
  test.each([
    { dtype: "float32", digits: 4 },
    { dtype: "float64", digits: 10 },
  ] as const)("$dtype: 20 steps of Adam have cpu's losses", async ({ dtype, digits }) => {
    const [here, there] = [await losses(cpu, dtype, 20), await losses(blas, dtype, 20)];
    expect(here[19]).toBeLessThan((here[0] as number) / 2);
    for (const [i, value] of there.entries()) expect(value).toBeCloseTo(here[i] as number, digits);
  });

  test("the same program gives the same bits", async () => {
    expect(await losses(blas, "float32", 5)).toEqual(await losses(blas, "float32", 5));
  });

  test("500 steps hold as many storages and bytes as 5", async () => {
    const before = { ...blas.memory };
    await losses(blas, "float32", 5);
    const size = blas.memory.size;
    await losses(blas, "float32", 500);
    expect({ ...blas.memory }).toEqual({ ...before, size });
  });

  test("gradients of products are central differences, in float64 and with products large enough for the library", async () => {
    const a = randn([20, 18], { seed: 1, dtype: "float64", backend: blas });
    const b = randn([18, 20], { seed: 2, dtype: "float64", backend: blas });
    await gradCheck(
      (x, y) =>
        matmul(x as Tensor, y as Tensor)
          .tanh()
          .sum(),
      [a, b],
    );
  });

  test("a second derivative", async () => {
    const x = randn([32, 32], { seed: 1, backend: blas });
    // f = sum((X·X)²) along X: its gradient's sum has a gradient of its own.
    const second = (backend: Backend) => async () => {
      const value = await x.to(backend);
      const g = grad((t: Tensor) =>
        tidy(() =>
          grad((u: Tensor) => u.matmul(u).sum())(t)
            .mul(t)
            .sum(),
        ),
      )(value);
      return g.data();
    };
    const [here, there] = [await second(cpu)(), await second(blas)()];
    for (const [i, v] of there.entries()) expect(v).toBeCloseTo(here[i] as number, 3);
  });

  test("helper threads call the library, too: of any layout that it takes, what one thread computes", async () => {
    expect(blas.info.threads).toBe(2);
    const one = await createBlas({ threads: 1 });
    for (const [m, n, k] of [
      [97, 65, 33],
      [1, 300, 200],
      [300, 1, 200],
      [64, 784, 10],
    ] as const) {
      for (const turned of [0, 1, 2, 3]) {
        const product = (backend: Backend): Promise<ArrayLike<number>> =>
          tidy(() => {
            const a = randn(turned & 1 ? [k, m] : [m, k], { seed: 1, backend });
            const b = randn(turned & 2 ? [n, k] : [k, n], { seed: 2, backend });
            return matmul(turned & 1 ? a.transpose() : a, turned & 2 ? b.transpose() : b);
          }).data();
        const [first, second] = [await product(one), await product(blas)];
        for (let i = 0; i < m * n; i++) expect(second[i]).toBeCloseTo(first[i] as number, 4);
      }
    }
    one.dispose();
  });

  test("two backends with other numbers of threads don't disturb each other", async () => {
    const one = await createBlas({ threads: 1 });
    expect(one.info.threads).toBe(1);
    const product = async (backend: Backend) =>
      await tidy(() => randn([150, 150], { seed: 1, backend }).matmul(randn([150, 150], { seed: 2, backend }))).data();
    const [first, second, again] = [await product(one), await product(blas), await product(one)];
    expect(again).toEqual(first);
    for (const [i, v] of second.entries()) expect(v).toBeCloseTo(first[i] as number, 3);
    one.dispose();
  });

  test("broadcast, flipped and empty operands go the way of wasm", async () => {
    const check = async (make: (backend: Backend) => Tensor): Promise<void> => {
      const [here, there] = [await tidy(() => make(cpu)).data(), await tidy(() => make(blas)).data()];
      expect(there.length).toBe(here.length);
      for (const [i, v] of there.entries()) expect(v).toBeCloseTo(here[i] as number, 3);
    };
    const x = (backend: Backend, shape: readonly number[]): Tensor => randn(shape, { seed: 5, backend });
    await check((b) =>
      x(b, [1, 40])
        .broadcastTo([40, 40])
        .matmul(x(b, [40, 40])),
    );
    await check((b) =>
      x(b, [40, 1])
        .broadcastTo([40, 40])
        .matmul(x(b, [40, 40]).transpose()),
    );
    await check((b) => x(b, [3, 40, 20]).matmul(x(b, [20, 30])));
    await check((b) => zeros([20, 0], { backend: b }).matmul(zeros([0, 300], { backend: b })));
  });
});
