/** The measured cases: matrix products, and training steps of networks of `dlcc train mnist`. */
import { valueAndGrad } from "@dlcc/autograd";
import { buildNetwork, defaults, networkOptions, networks, pick } from "@dlcc/experiment";
import { heNormal, Linear, type Module, relu, Sequential, summaryRows } from "@dlcc/layers";
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
    const model = new Sequential([
      new Linear(inputs, hidden, { seed: 1, weight: heNormal() }),
      relu,
      new Linear(hidden, classes, { seed: 2 }),
    ]);
    return stepOf(model, [size, inputs], backend);
  },
});

/** A function that does a training step. */
async function stepOf(network: Module, shape: readonly number[], backend: Backend): Promise<() => void> {
  const model = await network.to(backend);
  const parameters = model.parameters();
  const optimizer = sgd(parameters, { lr: 0.1 });
  const x = await randn(shape, { seed: 3 }).to(backend);
  const y = tensor(
    Int32Array.from({ length: shape[0] ?? 0 }, (_, i) => i % classes),
    { backend },
  );
  return () => tidy(() => optimizer.step(valueAndGrad(() => crossEntropy(model.forward(x), y), parameters).gradients));
}

const image = [1, 28, 28] as const;
const lenet = (): Sequential => {
  const { layers, activation, init } = pick(networks, "lenet5");
  return buildNetwork({ ...networkOptions({ ...defaults, layers }), activation, init });
};

const convolutionalStep = (size: number): Case => ({
  id: `step-lenet5-${size}`,
  title: `training step of LeNet-5, batch ${size}`,
  unit: "ms",
  // As above: once forward, once for each weight's gradient, and once for that of the inputs, but for the first layer's.
  get gigaOperations() {
    const [first = 0, ...rest] = summaryRows(lenet(), image).map(({ multiplyAdds }) => multiplyAdds);
    return (2 * size * (2 * first + 3 * rest.reduce((sum, n) => sum + n, 0))) / 1e9;
  },
  prepare: (backend) => stepOf(lenet(), [size, ...image], backend),
});

/** All of them. */
export const cases: readonly Case[] = [
  ...[256, 512, 1024].map(product),
  ...[10, 64, 128].map(step),
  convolutionalStep(64),
];
