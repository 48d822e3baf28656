import { describe, expect, test } from "vitest";
import { createPlayground, playgroundPoints } from "../src/index.ts";

const points = (name: Parameters<typeof playgroundPoints>[0]) => playgroundPoints(name, { n: 60 });
const options = { activation: "tanh", lr: 0.3, size: 10 } as const;

describe("the tasks, without noise", () => {
  test.each(["xor", "circle", "spiral"] as const)("%s has as many points of each class, in the square", (name) => {
    const { x, labels } = points(name);
    expect(labels.filter((label) => label === 1)).toHaveLength(30);
    for (const place of x) for (const v of place) expect(Math.abs(v)).toBeLessThanOrEqual(1);
  });
  test("xor: class 1 has coordinates of different signs", () => {
    const { x, labels } = points("xor");
    expect(x.map(([a, b]) => Number(a * b < 0))).toEqual(labels);
  });
  test("circle: class 1 up to radius 0.5, class 0 from 0.7", () => {
    const { x, labels } = points("circle");
    x.forEach(([a, b], i) => {
      const r = Math.hypot(a, b);
      if (labels[i]) expect(r).toBeLessThanOrEqual(0.5);
      else expect(r).toBeGreaterThanOrEqual(0.7);
    });
  });
  test("spiral: at radius r the arms are at the angles 3.5πr and 3.5πr + π", () => {
    const { x, labels } = points("spiral");
    x.forEach(([a, b], i) => {
      const r = Math.hypot(a, b);
      const angle = 3.5 * Math.PI * r + Math.PI * labels[i]!;
      expect([a, b]).toEqual([expect.closeTo(r * Math.cos(angle), 10), expect.closeTo(r * Math.sin(angle), 10)]);
    });
  });
  test("noise is the standard deviation of what is added", () => {
    const [exact, noisy] = [0, 0.1].map((noise) => playgroundPoints("spiral", { n: 2000, noise, seed: 3 }));
    const added = noisy!.x.flatMap((place, i) => place.map((v, axis) => v - exact!.x[i]![axis]!));
    expect(Math.sqrt(added.reduce((sum, v) => sum + v * v, 0) / added.length)).toBeCloseTo(0.1, 2);
  });
});

describe("a network of the playground", () => {
  const places = [
    [0.3, -0.4],
    [-1, 1],
    [0, 0],
  ] as const;

  test("without a hidden layer is σ(w·x + b)", () => {
    const network = createPlayground(points("xor"), { ...options, hidden: [] });
    network.run(5);
    const { lines, outputs, units } = network.look(places);
    const { w, b } = lines[0]!;
    expect(units).toEqual([]);
    expect(outputs).toEqual(places.map(([x, y]) => expect.closeTo(1 / (1 + Math.exp(-(w[0] * x + w[1] * y + b))), 10)));
  });
  test("a unit of the first hidden layer is tanh(w·x + b), and 0 on its line", () => {
    const network = createPlayground(points("circle"), { ...options, hidden: [3, 2] });
    const { lines, units } = network.look(places);
    expect(units.map((layer) => layer.length)).toEqual([3, 2]);
    lines.forEach(({ w, b }, j) => {
      expect(units[0]![j]).toEqual(places.map(([x, y]) => expect.closeTo(Math.tanh(w[0] * x + w[1] * y + b), 10)));
    });
    const { w, b } = lines[0]!;
    expect(network.look([[-b / w[0], 0]]).units[0]![0]![0]).toBeCloseTo(0, 10);
  });
  test("its cost and accuracy are those of its outputs", () => {
    const data = points("circle");
    const network = createPlayground(data, { ...options, hidden: [4] });
    network.run(50);
    const { cost, accuracy, outputs } = network.look(data.x);
    const right = data.labels.map((label, i) => (label ? outputs[i]! : 1 - outputs[i]!));
    expect(cost).toBeCloseTo(right.reduce((sum, p) => sum - Math.log(p), 0) / right.length, 10);
    expect(accuracy).toBe(right.filter((p) => p > 0.5).length / right.length);
  });
  test("the gradient of a single neuron is the mean of (σ(z) − y)·x", () => {
    const data = points("xor");
    const { outputs, gradients } = createPlayground(data, { ...options, hidden: [] }).look(data.x);
    const mean = (axis: 0 | 1) =>
      data.x.reduce((sum, place, i) => sum + (outputs[i]! - data.labels[i]!) * place[axis], 0) / data.x.length;
    expect(gradients).toEqual([expect.closeTo(Math.hypot(mean(0), mean(1)), 10)]);
  });
  test("with a minibatch of all points a step is one of gradient descent", () => {
    const data = points("xor");
    const network = createPlayground(data, { ...options, hidden: [], size: 60 });
    const before = network.look(data.x);
    network.run(1);
    const error = before.outputs.reduce((sum, o, i) => sum + o - data.labels[i]!, 0) / 60;
    expect(network.look([]).lines[0]!.b).toBeCloseTo(before.lines[0]!.b - 0.3 * error, 10);
  });
  test("one neuron can't learn XOR, four hidden ones can", () => {
    const [one, four] = [[], [4]].map((hidden) => {
      const network = createPlayground(points("xor"), { ...options, hidden, lr: 1 });
      network.run(600);
      return network.look([]).accuracy;
    });
    expect(one).toBeLessThan(0.8);
    expect(four).toBeGreaterThan(0.9);
  });
  test("the same seed gives the same run, whatever the portions", () => {
    const [whole, parts] = [1, 2].map(() => createPlayground(points("spiral"), { ...options, hidden: [4], seed: 5 }));
    whole!.run(30);
    for (let i = 0; i < 10; i++) parts!.run(3);
    expect(parts!.look(places)).toEqual(whole!.look(places));
    expect(parts!.steps).toBe(30);
  });
});
