/** What the contenders' answers are held against: the same work in float64, by plain loops, with no library. */
import { isProduct, type ProductCase, type StepCase, sizesOf } from "./cases.ts";
import { type Activation, type Convolution, type Dense, type Network, pixels, side } from "./networks.ts";
import { checksumScale, operands, probes, training } from "./recipe.ts";

/** After so many steps a contender's loss is compared. */
export const checkedSteps = 5;

/** How far a contender's number may be from the reference: half of 1e-3, so that any two agree to 1e-3. */
export const tolerance = 5e-4;

/** The number that a contender has to come to: a product's checksum, or the loss after five steps. */
export const referenceOf = (c: ProductCase | StepCase): number =>
  isProduct(c) ? productChecksum(c) : trainedLoss(c.network, c.batch);

/** `(left · A) · (B · right)`: the checksum without the product. */
function productChecksum(c: ProductCase): number {
  const sizes = sizesOf(c);
  const { m, n, k } = sizes;
  const { a, b } = operands(c);
  const { left, right } = probes(sizes);
  let total = 0;
  for (let p = 0; p < k; p++) {
    let leftA = 0;
    for (let i = 0; i < m; i++) leftA += at(left, i) * at(a, i * k + p);
    let bRight = 0;
    for (let j = 0; j < n; j++) bRight += at(b, p * n + j) * at(right, j);
    total += leftA * bRight;
  }
  return total * checksumScale(sizes);
}

type Numbers = Float64Array<ArrayBuffer>;

/** What a layer does with one example. */
interface Layer {
  forward(x: Numbers): Numbers;
  /** Adds to the gradients of its parameters, and gives that of its input. */
  backward(x: Numbers, y: Numbers, gradient: Numbers): Numbers;
}

/** A parameter, and what its gradient has come to. */
interface Learned {
  readonly values: Numbers;
  readonly gradient: Numbers;
}

/** The loss of a network after `steps` steps of gradient descent on one minibatch. */
export function trainedLoss(network: Network, batch: number, steps: number = checkedSteps): number {
  const { x, labels, parameters } = training(network, batch);
  const learned = parameters.map(
    ({ values }): Learned => ({
      values: Float64Array.from(values),
      gradient: new Float64Array(values.length),
    }),
  );
  const layers = layersOf(network, learned);
  for (let step = 0; ; step++) {
    let loss = 0;
    for (let example = 0; example < batch; example++) {
      const outputs = [Float64Array.from(x.subarray(example * pixels, (example + 1) * pixels))];
      for (const layer of layers) outputs.push(layer.forward(outputs.at(-1) as Numbers));
      const logits = outputs.at(-1) as Numbers;
      const largest = Math.max(...logits);
      const exponentials = logits.map((z) => Math.exp(z - largest));
      const sum = exponentials.reduce((p, q) => p + q);
      const label = at(labels, example);
      loss += (Math.log(sum) + largest - at(logits, label)) / batch;
      let gradient = exponentials.map((e, k) => (e / sum - (k === label ? 1 : 0)) / batch);
      for (let l = layers.length - 1; l >= 0; l--) {
        const [input, output] = outputs.slice(l, l + 2) as [Numbers, Numbers];
        gradient = (layers[l] as Layer).backward(input, output, gradient);
      }
    }
    if (step === steps) return loss;
    for (const { values, gradient } of learned) {
      for (let i = 0; i < values.length; i++) values[i] = at(values, i) - network.learningRate * at(gradient, i);
      gradient.fill(0);
    }
  }
}

/** A network's layers, which share its parameters. */
function layersOf(network: Network, learned: readonly Learned[]): Layer[] {
  let [next, size] = [0, side];
  return network.layers.map((layer) => {
    if (layer.kind === "pool") {
      size /= 2;
      return pool(size);
    }
    const [weight, bias] = learned.slice(next, next + 2) as [Learned, Learned];
    next += 2;
    if (layer.kind === "dense") return dense(layer, weight, bias);
    const result = convolution(layer, size, weight, bias);
    size += 2 * layer.padding - layer.kernel + 1;
    return result;
  });
}

const activate = (activation: Activation, z: number): number =>
  activation === "tanh" ? Math.tanh(z) : activation === "relu" ? Math.max(z, 0) : z;

/** An activation's slope, by its output. */
const slope = (activation: Activation, y: number): number =>
  activation === "tanh" ? 1 - y * y : activation === "relu" && y === 0 ? 0 : 1;

/** `y = f(W x + b)` */
function dense({ inputs, activation }: Dense, weight: Learned, bias: Learned): Layer {
  return {
    forward: (x) =>
      bias.values.map((b, row) => {
        let total = b;
        for (let i = 0; i < inputs; i++) total += at(weight.values, row * inputs + i) * at(x, i);
        return activate(activation, total);
      }),
    backward(x, y, gradient) {
      const back = new Float64Array(inputs);
      gradient.forEach((g, row) => {
        const delta = g * slope(activation, at(y, row));
        add(bias.gradient, row, delta);
        for (let i = 0; i < inputs; i++) {
          add(weight.gradient, row * inputs + i, delta * at(x, i));
          add(back, i, delta * at(weight.values, row * inputs + i));
        }
      });
      return back;
    },
  };
}

/** The same for each pixel of images of `size` × `size`, of what lies around it. */
function convolution(layer: Convolution, size: number, weight: Learned, bias: Learned): Layer {
  const { inputs, outputs, kernel, padding, activation } = layer;
  const rows = size + 2 * padding - kernel + 1;
  /** Calls `visit` for each pair of a weight and a place of the image that meet in an output's pixel. */
  const meet = (o: number, row: number, column: number, visit: (w: number, i: number) => void): void => {
    for (let c = 0; c < inputs; c++) {
      for (let k = 0; k < kernel; k++) {
        for (let l = 0; l < kernel; l++) {
          const [y, x] = [row + k - padding, column + l - padding];
          if (y < 0 || y >= size || x < 0 || x >= size) continue;
          visit(((o * inputs + c) * kernel + k) * kernel + l, (c * size + y) * size + x);
        }
      }
    }
  };
  const forEachPixel = (visit: (o: number, row: number, column: number, i: number) => void): void => {
    for (let o = 0; o < outputs; o++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < rows; column++) visit(o, row, column, (o * rows + row) * rows + column);
      }
    }
  };
  return {
    forward(x) {
      const y = new Float64Array(outputs * rows * rows);
      forEachPixel((o, row, column, i) => {
        let total = at(bias.values, o);
        meet(o, row, column, (w, from) => {
          total += at(weight.values, w) * at(x, from);
        });
        y[i] = activate(activation, total);
      });
      return y;
    },
    backward(x, y, gradient) {
      const back = new Float64Array(x.length);
      forEachPixel((o, row, column, i) => {
        const delta = at(gradient, i) * slope(activation, at(y, i));
        if (delta === 0) return;
        add(bias.gradient, o, delta);
        meet(o, row, column, (w, from) => {
          add(weight.gradient, w, delta * at(x, from));
          add(back, from, delta * at(weight.values, w));
        });
      });
      return back;
    },
  };
}

/** The largest of each 2 × 2 pixels, to planes of `rows` × `rows`. */
function pool(rows: number): Layer {
  /** The places of a window. */
  const window = (i: number): number[] => {
    const [plane, row, column] = [Math.floor(i / rows ** 2), Math.floor(i / rows) % rows, i % rows];
    const first = (2 * (plane * rows + row) * rows + column) * 2;
    return [first, first + 1, first + 2 * rows, first + 2 * rows + 1];
  };
  return {
    forward: (x) => new Float64Array(x.length / 4).map((_, i) => Math.max(...window(i).map((place) => at(x, place)))),
    backward(x, y, gradient) {
      const back = new Float64Array(x.length);
      gradient.forEach((g, i) => {
        const first = window(i).find((place) => at(x, place) === at(y, i));
        if (first !== undefined) add(back, first, g);
      });
      return back;
    },
  };
}

const at = (values: ArrayLike<number>, i: number): number => values[i] as number;

function add(values: Float64Array, i: number, more: number): void {
  values[i] = at(values, i) + more;
}
