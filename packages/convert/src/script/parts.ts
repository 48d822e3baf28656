/**
 * The functions that an exported file may have, as text: a bundler that renames things doesn't reach it. Each takes and gives
 * one example, { shape, data }, and counts in doubles. A file gets those that its network needs.
 */

/** A function, and those that it calls. */
export interface Part {
  readonly code: string;
  readonly needs?: readonly string[];
}

/** An activation: a function of one number. */
const each = (comment: string, f: string, ...needs: string[]): Part => ({
  code: `/** ${comment} */\n${f}`,
  needs: ["map", ...needs],
});

const activations: Readonly<Record<string, Part>> = {
  relu: each("max(0, x)", "const relu = (x) => map(x, (v) => (v > 0 ? v : 0));"),
  sigmoid: each("1 / (1 + e^-x)", "const sigmoid = (x) => map(x, (v) => 1 / (1 + Math.exp(-v)));"),
  tanh: each("The hyperbolic tangent.", "const tanh = (x) => map(x, Math.tanh);"),
  step: each("1 above 0, else 0.", "const step = (x) => map(x, (v) => (v > 0 ? 1 : 0));"),
  identity: { code: "/** Nothing. */\nconst identity = (x) => x;" },
  gelu: each(
    "x times the share of a normal distribution below x.",
    "const gelu = (x) => map(x, (v) => (v / 2) * (1 + erf(v / Math.SQRT2)));",
    "erf",
  ),
  geluTanh: each(
    "gelu, by tanh.",
    "const geluTanh = (x) => map(x, (v) => (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))));",
  ),
  silu: each("x times its sigmoid.", "const silu = (x) => map(x, (v) => v / (1 + Math.exp(-v)));"),
  leakyRelu: each("x above 0, 0.01 x below.", "const leakyRelu = (x) => map(x, (v) => (v > 0 ? v : 0.01 * v));"),
  elu: each("x above 0, e^x - 1 below.", "const elu = (x) => map(x, (v) => (v > 0 ? v : Math.expm1(v)));"),
  softplus: each(
    "log(1 + e^x)",
    "const softplus = (x) => map(x, (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));",
  ),
  hardSwish: each(
    "x min(max(x + 3, 0), 6) / 6",
    "const hardSwish = (x) => map(x, (v) => (v * Math.min(Math.max(v + 3, 0), 6)) / 6);",
  ),
  softmax: {
    code: `/** Of the last axis: positive numbers that sum to 1. */
function softmax({ shape, data }) {
  const size = shape[shape.length - 1];
  const y = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += size) {
    const row = data.subarray(at, at + size);
    let [most, sum] = [-Infinity, 0];
    for (const v of row) most = Math.max(most, v);
    for (const v of row) sum += Math.exp(v - most);
    for (let i = 0; i < size; i++) y[at + i] = Math.exp(row[i] - most) / sum;
  }
  return { shape, data: y };
}`,
  },
};

const helpers: Readonly<Record<string, Part>> = {
  map: {
    code: "/** A function of each number. */\nconst map = ({ shape, data }, f) => ({ shape, data: data.map((v) => f(v)) });",
  },
  erf: {
    code: `/** The error function, by a series whose terms are all positive. */
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}`,
  },
  add: {
    code: "/** The sum of two. */\nconst add = (a, b) => ({ shape: a.shape, data: a.data.map((v, i) => v + b.data[i]) });",
  },
  normalized: {
    code: `/** A part of the data by its own mean and variance. */
function normalized(data, epsilon) {
  let [mean, variance] = [0, 0];
  for (const v of data) mean += v / data.length;
  for (const v of data) variance += (v - mean) ** 2 / data.length;
  return data.map((v) => (v - mean) / Math.sqrt(variance + epsilon));
}`,
  },
};

const features: Readonly<Record<string, Part>> = {
  linear: {
    code: `/** Each output is a weighted sum of all inputs, plus a bias. */
function linear(x, weight, bias) {
  const [outputs, inputs] = weight.shape;
  const rows = x.data.length / inputs;
  const y = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias ? bias.data[o] : 0;
      for (let i = 0; i < inputs; i++) sum += weight.data[o * inputs + i] * x.data[row * inputs + i];
      y[row * outputs + o] = sum;
    }
  }
  return { shape: [...x.shape.slice(0, -1), outputs], data: y };
}`,
  },
  perceptron: {
    code: `/** 1 if the weighted sum is above the threshold, else 0. */
function perceptron(x, weight, threshold) {
  let sum = 0;
  for (let i = 0; i < weight.data.length; i++) sum += weight.data[i] * x.data[i];
  return { shape: [], data: Float64Array.of(sum > threshold.data[0] ? 1 : 0) };
}`,
  },
  flatten: { code: "/** All numbers in a row. */\nconst flatten = ({ data }) => ({ shape: [data.length], data });" },
  reshape: {
    code: "/** The same numbers in another shape. */\nconst reshape = ({ data }, shape) => ({ shape, data });",
  },
  prelu: {
    code: `/** x above 0, and x times a slope below: one for all, or one for each channel. */
function prelu({ shape, data }, { data: slopes }) {
  const size = data.length / (slopes.length > 1 ? shape[0] : 1);
  return { shape, data: data.map((v, i) => (v > 0 ? v : v * slopes[Math.floor(i / size)])) };
}`,
  },
  batchNorm: {
    code: `/** Each channel by the mean and the variance of the training data, then scaled and shifted. */
function batchNorm({ shape, data }, mean, variance, weight, bias, epsilon) {
  const size = data.length / shape[0];
  const y = data.map((v, i) => {
    const c = Math.floor(i / size);
    const z = (v - mean.data[c]) / Math.sqrt(variance.data[c] + epsilon);
    return weight ? z * weight.data[c] + bias.data[c] : z;
  });
  return { shape, data: y };
}`,
  },
  layerNorm: {
    needs: ["normalized"],
    code: `/** The last axes, of that many numbers, by their own mean and variance, then scaled and shifted. */
function layerNorm({ shape, data }, size, weight, bias, epsilon) {
  const y = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += size) {
    const z = normalized(data.subarray(at, at + size), epsilon);
    y.set(weight ? z.map((v, i) => v * weight.data[i] + bias.data[i]) : z, at);
  }
  return { shape, data: y };
}`,
  },
  groupNorm: {
    needs: ["normalized"],
    code: `/** Groups of channels, each by its own mean and variance; then each channel is scaled and shifted. */
function groupNorm({ shape, data }, groups, weight, bias, epsilon) {
  const [size, channel] = [data.length / groups, data.length / shape[0]];
  const y = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += size) y.set(normalized(data.subarray(at, at + size), epsilon), at);
  if (!weight) return { shape, data: y };
  return { shape, data: y.map((v, i) => v * weight.data[Math.floor(i / channel)] + bias.data[Math.floor(i / channel)]) };
}`,
  },
};

const images: Readonly<Record<string, Part>> = {
  conv2d: {
    code: `/** Kernels that move over an image, [channels, height, width]. */
function conv2d(x, weight, bias, { stride: [down, right], padding: [top, bottom, left, rightmost], dilation: [dy, dx], groups }) {
  const [channels, height, width] = x.shape;
  const [outputs, inputs, kh, kw] = weight.shape;
  const rows = Math.floor((height + top + bottom - dy * (kh - 1) - 1) / down) + 1;
  const columns = Math.floor((width + left + rightmost - dx * (kw - 1) - 1) / right) + 1;
  const y = new Float64Array(outputs * rows * columns);
  for (let o = 0; o < outputs; o++) {
    const first = Math.floor(o / (outputs / groups)) * (channels / groups);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = bias ? bias.data[o] : 0;
        for (let c = 0; c < inputs; c++) {
          for (let i = 0; i < kh; i++) {
            const r = row * down + i * dy - top;
            if (r < 0 || r >= height) continue;
            for (let j = 0; j < kw; j++) {
              const s = column * right + j * dx - left;
              if (s < 0 || s >= width) continue;
              sum += weight.data[((o * inputs + c) * kh + i) * kw + j] * x.data[((first + c) * height + r) * width + s];
            }
          }
        }
        y[(o * rows + row) * columns + column] = sum;
      }
    }
  }
  return { shape: [outputs, rows, columns], data: y };
}`,
  },
  convTranspose2d: {
    code: `/** The way back of a convolution: each number puts a kernel, times itself, into a larger image. */
function convTranspose2d(x, weight, bias, { stride, padding, outputPadding, dilation, groups }) {
  const [channels, height, width] = x.shape;
  const [, outputs, kh, kw] = weight.shape;
  const along = (length, k, i) => (length - 1) * stride[i] + dilation[i] * (k - 1) + 1 - 2 * padding[i] + outputPadding[i];
  const [rows, columns, group] = [along(height, kh, 0), along(width, kw, 1), channels / groups];
  const y = new Float64Array(outputs * groups * rows * columns);
  if (bias) y.forEach((_, at) => (y[at] = bias.data[Math.floor(at / (rows * columns))]));
  for (let c = 0; c < channels; c++) {
    for (let o = 0; o < outputs; o++) {
      const plane = (Math.floor(c / group) * outputs + o) * rows;
      for (let r = 0; r < height; r++) {
        for (let s = 0; s < width; s++) {
          for (let i = 0; i < kh; i++) {
            const row = r * stride[0] + i * dilation[0] - padding[0];
            if (row < 0 || row >= rows) continue;
            for (let j = 0; j < kw; j++) {
              const column = s * stride[1] + j * dilation[1] - padding[1];
              if (column < 0 || column >= columns) continue;
              y[(plane + row) * columns + column] += weight.data[((c * outputs + o) * kh + i) * kw + j] * x.data[(c * height + r) * width + s];
            }
          }
        }
      }
    }
  }
  return { shape: [outputs * groups, rows, columns], data: y };
}`,
  },
  pool: {
    code: `/** A number for each window that moves over an image: "take" gets the pixels of one. */
function pool({ shape, data }, [kh, kw], { stride, padding, dilation }, take) {
  const [channels, height, width] = shape;
  const along = (length, k, i) => Math.floor((length + 2 * padding[i] - dilation[i] * (k - 1) - 1) / stride[i]) + 1;
  const [rows, columns] = [along(height, kh, 0), along(width, kw, 1)];
  const y = new Float64Array(channels * rows * columns);
  for (let at = 0; at < y.length; at++) {
    const [c, row, column] = [Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns];
    const pixels = [];
    for (let i = 0; i < kh; i++) {
      const r = row * stride[0] + i * dilation[0] - padding[0];
      for (let j = 0; j < kw; j++) {
        const s = column * stride[1] + j * dilation[1] - padding[1];
        if (r >= 0 && r < height && s >= 0 && s < width) pixels.push(data[(c * height + r) * width + s]);
      }
    }
    y[at] = take(pixels);
  }
  return { shape: [channels, rows, columns], data: y };
}`,
  },
  maxPool2d: {
    needs: ["pool"],
    code: `/** The largest number of each window. */
const maxPool2d = (x, kernel, moves) => pool(x, kernel, moves, (pixels) => pixels.reduce((a, b) => Math.max(a, b)));`,
  },
  avgPool2d: {
    needs: ["pool"],
    code: `/** The mean of each window; the padding around counts as zeros, or doesn't count. */
const avgPool2d = (x, kernel, { countPadding, ...moves }) =>
  pool(x, kernel, moves, (pixels) => pixels.reduce((a, b) => a + b, 0) / (countPadding ? kernel[0] * kernel[1] : pixels.length));`,
  },
  adaptiveAvgPool2d: {
    code: `/** The mean of each of so many parts of an image. */
function adaptiveAvgPool2d({ shape: [channels, height, width], data }, [rows, columns]) {
  const y = new Float64Array(channels * rows * columns);
  for (let at = 0; at < y.length; at++) {
    const [c, row, column] = [Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns];
    let [sum, count] = [0, 0];
    for (let r = Math.floor((row * height) / rows); r < Math.ceil(((row + 1) * height) / rows); r++) {
      for (let s = Math.floor((column * width) / columns); s < Math.ceil(((column + 1) * width) / columns); s++, count++) {
        sum += data[(c * height + r) * width + s];
      }
    }
    y[at] = sum / count;
  }
  return { shape: [channels, rows, columns], data: y };
}`,
  },
  upsample: {
    code: `/** An image of another size. For each row and column: the one or two that it is made of, and the share of the second. */
function upsample({ shape: [channels, height, width], data }, rows, columns) {
  const y = new Float64Array(channels * rows.length * columns.length);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    const pixel = (r, s) => data[(c * height + r) * width + s];
    for (const [r0, r1, down] of rows) {
      for (const [s0, s1, right] of columns) {
        const upper = pixel(r0, s0) * (1 - right) + pixel(r0, s1) * right;
        y[at++] = upper * (1 - down) + (pixel(r1, s0) * (1 - right) + pixel(r1, s1) * right) * down;
      }
    }
  }
  return { shape: [channels, rows.length, columns.length], data: y };
}`,
  },
  pad: {
    code: `/** A number around an image; a negative width cuts off. */
function pad({ shape: [channels, height, width], data }, [[top, bottom], [left, right]], value) {
  const [rows, columns] = [height + top + bottom, width + left + right];
  const y = new Float64Array(channels * rows * columns).fill(value);
  for (let at = 0; at < y.length; at++) {
    const [c, r, s] = [Math.floor(at / (rows * columns)), (Math.floor(at / columns) % rows) - top, (at % columns) - left];
    if (r >= 0 && r < height && s >= 0 && s < width) y[at] = data[(c * height + r) * width + s];
  }
  return { shape: [channels, rows, columns], data: y };
}`,
  },
};

/** All parts by name. */
export const parts: Readonly<Record<string, Part>> = { ...helpers, ...features, ...images, ...activations };

/** The functions of these names and those that they call, as text; each once, what is called first. */
export function codeOf(names: Iterable<string>): string {
  const found = new Map<string, string>();
  const visit = (name: string): void => {
    const part = parts[name];
    if (!part || found.has(name)) return;
    found.set(name, part.code);
    for (const need of part.needs ?? []) visit(need);
  };
  for (const name of names) visit(name);
  return [...found.values()].join("\n\n");
}
