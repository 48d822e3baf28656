/** The networks that are trained, as data: every contender builds them from this, `contenders/pytorch.py` too. */

/** What follows an affine map: a function of each number, or nothing. */
export type Activation = "relu" | "tanh" | undefined;

/** A convolution in steps of 1, of square images. */
export interface Convolution {
  readonly kind: "convolution";
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly padding: number;
  readonly activation?: Activation;
}

/** Max pooling, 2 × 2 in steps of 2. */
export interface Pool {
  readonly kind: "pool";
}

/** A dense layer. What it gets is laid out in a row first. */
export interface Dense {
  readonly kind: "dense";
  readonly inputs: number;
  readonly outputs: number;
  readonly activation?: Activation;
}

export type Layer = Convolution | Pool | Dense;

/** From images of 28 × 28 to ten digits. */
export interface Network {
  readonly name: string;
  readonly title: string;
  /** Of plain gradient descent: so large that a step more or less shows in the loss. */
  readonly learningRate: number;
  readonly layers: readonly Layer[];
}

/** Pixels of an image, and of its side. */
export const pixels = 784;
export const side = 28;

export const classes = 10;

export const dense: Network = {
  name: "dense",
  title: "784-128-10",
  learningRate: 0.1,
  layers: [
    { kind: "dense", inputs: pixels, outputs: 128, activation: "relu" },
    { kind: "dense", inputs: 128, outputs: classes },
  ],
};

/** LeCun et al. 1998, with max pooling and a dense output layer. */
export const lenet5: Network = {
  name: "lenet5",
  title: "LeNet-5 (tanh)",
  learningRate: 0.15,
  layers: [
    { kind: "convolution", inputs: 1, outputs: 6, kernel: 5, padding: 2, activation: "tanh" },
    { kind: "pool" },
    { kind: "convolution", inputs: 6, outputs: 16, kernel: 5, padding: 0, activation: "tanh" },
    { kind: "pool" },
    { kind: "dense", inputs: 400, outputs: 120, activation: "tanh" },
    { kind: "dense", inputs: 120, outputs: 84, activation: "tanh" },
    { kind: "dense", inputs: 84, outputs: classes },
  ],
};

/** Nielsen, Neural Networks and Deep Learning, chapter 6: two convolutions and a dense layer. */
export const nielsen: Network = {
  name: "nielsen",
  title: "Nielsen's network (20@5×5, 40@5×5, 100, relu)",
  learningRate: 0.1,
  layers: [
    { kind: "convolution", inputs: 1, outputs: 20, kernel: 5, padding: 0, activation: "relu" },
    { kind: "pool" },
    { kind: "convolution", inputs: 20, outputs: 40, kernel: 5, padding: 0, activation: "relu" },
    { kind: "pool" },
    { kind: "dense", inputs: 640, outputs: 100, activation: "relu" },
    { kind: "dense", inputs: 100, outputs: classes },
  ],
};

/** What is trained of a layer: its weight as PyTorch has it, `[outputs, inputs, …kernel]`, or its bias. */
export interface ParameterShape {
  readonly shape: readonly number[];
  /** How many numbers go into one of the layer's. */
  readonly fanIn: number;
}

/** The parameters in order: of each layer weight, then bias. */
export const parametersOf = ({ layers }: Network): ParameterShape[] =>
  layers.flatMap((layer) => {
    if (layer.kind === "pool") return [];
    const kernel = layer.kind === "convolution" ? [layer.kernel, layer.kernel] : [];
    const fanIn = layer.inputs * kernel.reduce((product, length) => product * length, 1);
    return [
      { shape: [layer.outputs, layer.inputs, ...kernel], fanIn },
      { shape: [layer.outputs], fanIn },
    ];
  });

/** Whether a network looks at images as images. */
export const isConvolutional = ({ layers }: Network): boolean => layers.some(({ kind }) => kind === "convolution");
