/** The steps of optimizers, which change parameters; and an op of the user's own. */
import {
  type AdamAttributes,
  apply,
  type Operation,
  ops,
  Parameter,
  type SgdAttributes,
  type StepOp,
  type Tensor,
} from "@dlcc/tensor";
import { entry, map, type NdArray } from "../../reference.ts";
import type { Draws } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { type Word, type Words, want } from "../word.ts";

type States = readonly number[];

/**
 * A step: from the attributes, a number of the parameter, of its states and of the gradient, their new values. It is called with
 * parameters, which it changes; under a tape, as the op that recorders see.
 */
const stepOf = <A extends object>(
  op: StepOp,
  states: number,
  attributesOf: (d: Draws) => A,
  f: (a: A, numbers: States, gradient: number) => States,
): Word => ({
  draw(d) {
    const dtype = d.dtype("floats");
    const [shape, attributes] = [d.shape(), attributesOf(d)];
    const tensors = Array.from(
      { length: states + 2 },
      (_, i): Placed =>
        // The last state may be a mean of squares.
        d.tensor(shape, dtype, { from: i === states ? 0.5 : -2, to: 2, special: [0] }),
    );
    const gradient = entry(tensors, states + 1);
    const next = gradient.data.map((g, i) =>
      f(
        attributes,
        tensors.slice(0, -1).map((x) => entry(x.data, i)),
        g,
      ),
    );
    const results = Array.from(
      { length: states + 1 },
      (_, k): NdArray => ({ shape, data: next.map((numbers) => entry(numbers, k)) }),
    );
    return {
      args: [attributes, tensors.slice(0, -1), gradient],
      wanted: results.map((x) => want(dtype, x, { magnitude: 4 })),
    };
  },
  call(attributes, values, gradient) {
    const cells = (values as readonly Tensor[]).map((value, i) => new Parameter(`cell ${i}`, value));
    const step = ops[op] as unknown as (a: unknown, cells: readonly Parameter[], gradient: unknown) => void;
    step(attributes, cells, gradient);
    return cells.map((cell) => cell.value);
  },
  differentiable(attributes, values, gradient) {
    const inputs = [...(values as readonly Tensor[]), gradient as Tensor];
    return apply(ops[op] as unknown as Operation<"custom">, attributes as never, ...inputs);
  },
});

const sgd = (d: Draws): SgdAttributes => ({
  lr: d.pick([0.1, 0.01]),
  weightDecay: d.pick([0, 0.1]),
  momentum: d.pick([0.5, 0.9]),
  nesterov: d.chance(0.5),
});

const adam = (d: Draws): AdamAttributes => ({
  lr: d.pick([0.1, 0.01]),
  beta1: 0.9,
  beta2: d.pick([0.99, 0.999]),
  epsilon: 1e-8,
  weightDecay: d.pick([0, 0.1]),
  decoupled: d.chance(0.5),
  step: d.int(1, 20),
});

/** x³, with its derivative. */
const cube = {
  name: "cube",
  forward: (x: Tensor): Tensor => x.mul(x).mul(x),
  backward: (gradient: Tensor, [x]: readonly Tensor[]): readonly Tensor[] => (x ? [gradient.mul(x).mul(x).mul(3)] : []),
};

/** All of them. */
export const steps: Words = {
  sgdStep: stepOf("sgdStep", 0, sgd, ({ lr, weightDecay }, [p = 0], g) => [p - lr * (g + weightDecay * p)]),
  momentumStep: stepOf("momentumStep", 1, sgd, ({ lr, weightDecay, momentum, nesterov }, [p = 0, v = 0], g) => {
    const slope = g + weightDecay * p;
    const velocity = momentum * v + slope;
    return [p - lr * (nesterov ? slope + momentum * velocity : velocity), velocity];
  }),
  adamStep: stepOf(
    "adamStep",
    2,
    adam,
    ({ lr, beta1, beta2, epsilon, weightDecay, decoupled, step }, [p = 0, m = 0, v = 0], g) => {
      const slope = decoupled ? g : g + weightDecay * p;
      const first = beta1 * m + (1 - beta1) * slope;
      const second = beta2 * v + (1 - beta2) * slope * slope;
      const shrunk = decoupled ? p * (1 - lr * weightDecay) : p;
      return [
        shrunk - (lr * first) / (1 - beta1 ** step) / (Math.sqrt(second / (1 - beta2 ** step)) + epsilon),
        first,
        second,
      ];
    },
  ),
  custom: {
    draw(d) {
      const dtype = d.dtype("floats");
      const x = d.tensor(d.shape(), dtype);
      return {
        args: [cube, x],
        wanted: want(
          dtype,
          map(x, (value) => value ** 3),
        ),
      };
    },
  },
};
