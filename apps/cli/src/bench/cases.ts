/** The measured cases: matrix products, and training steps of the network of `dlcc train mnist`. */
import { valueAndGrad } from "@dlcc/autograd";
import { heNormal, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { type Backend, matmul, randn, tensor, tidy } from "@dlcc/tensor";

/** A case to measure. */
export interface Case {
  readonly id: string;
  readonly title: string;
  /** The unit of its figure: operations per second, where more is better, or a time, where less is better. */
  readonly unit: "GFLOP/s" | "ms";
  /** Multiplications and additions of one run, in units of 10⁹. */
  readonly gigaOperations: number;
  /** Makes the inputs, and returns a function that does one run. */
  readonly prepare: (backend: Backend) => Promise<() => void>;
}

const product = (n: number): Case => ({
  id: `matmul-${n}`,
  title: `matrix product, ${n} x ${n}`,
  unit: "GFLOP/s",
  gigaOperations: (2 * n ** 3) / 1e9,
  prepare: async (backend) => {
    const [a, b] = await Promise.all([1, 2].map((seed) => randn([n, n], { seed }).to(backend)));
    return () => tidy(() => void (a && b && matmul(a, b)));
  },
});

const [inputs, hidden, classes] = [784, 128, 10];

const step = (size: number): Case => ({
  id: `step-${size}`,
  title: `training step of ${inputs}-${hidden}-${classes}, batch ${size}`,
  unit: "ms",
  // Each weight is used in the forward pass and in its own gradient; the gradient of the hidden layer's outputs comes on top.
  gigaOperations: (2 * size * (2 * inputs * hidden + 3 * hidden * classes)) / 1e9,
  prepare: async (backend) => {
    const model = await new Sequential([
      new Linear(inputs, hidden, { seed: 1, weight: heNormal() }),
      relu,
      new Linear(hidden, classes, { seed: 2 }),
    ]).to(backend);
    const parameters = model.parameters();
    const optimizer = sgd(parameters, { lr: 0.1 });
    const x = await randn([size, inputs], { seed: 3 }).to(backend);
    const y = tensor(
      Int32Array.from({ length: size }, (_, i) => i % classes),
      { backend },
    );
    return () =>
      tidy(() => optimizer.step(valueAndGrad(() => crossEntropy(model.forward(x), y), parameters).gradients));
  },
});

/** All of them. */
export const cases: readonly Case[] = [...[256, 512, 1024].map(product), ...[10, 64, 128].map(step)];
