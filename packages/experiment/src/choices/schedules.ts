import type { Schedule } from "@dlcc/optim";
import type { Choice } from "./choice.ts";

/** Makes the learning rate of a run with `steps` steps in `epochs` epochs. */
export type CreateSchedule = (lr: number, steps: number, epochs: number) => number | Schedule;

/** The learning rate schedules; the usual one first. Their code names variables of the program: `rate`, `steps` and `epochs`. */
export const schedules: readonly Choice<CreateSchedule>[] = [
  {
    name: "linear",
    title: "Down to 0",
    about: "down to 0 in a straight line",
    value:
      ({ linear }) =>
      (lr, steps) =>
        linear(lr, { steps }),
    code: { code: "linear(rate, { steps })", imports: { "@dlcc/optim": ["linear"] } },
  },
  {
    name: "one-cycle",
    title: "Up, and down to 0",
    about: "up in a fifth of the steps, then down to 0",
    value:
      ({ linear, warmUp }) =>
      (lr, steps) =>
        warmUp(linear(lr, { steps: Math.floor(0.8 * steps) || 1 }), { steps: Math.ceil(0.2 * steps) }),
    code: {
      code: "warmUp(linear(rate, { steps: Math.floor(0.8 * steps) || 1 }), { steps: Math.ceil(0.2 * steps) })",
      imports: { "@dlcc/optim": ["linear", "warmUp"] },
    },
  },
  {
    name: "step",
    title: "Times 0.7 an epoch",
    about: "times 0.7 after each epoch",
    value:
      ({ stepDecay }) =>
      (lr, steps, epochs) =>
        stepDecay(lr, { every: steps / epochs, factor: 0.7 }),
    code: {
      code: "stepDecay(rate, { every: steps / epochs, factor: 0.7 })",
      imports: { "@dlcc/optim": ["stepDecay"] },
    },
  },
  {
    name: "constant",
    title: "Constant",
    about: "the same rate throughout",
    value: () => (lr) => lr,
    code: { code: "rate", imports: {} },
  },
];
