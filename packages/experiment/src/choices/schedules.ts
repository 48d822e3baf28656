import type { Schedule } from "@dlcc/optim";
import type { Choice } from "./choice.ts";

/** Makes the learning rate of a run with `steps` steps. */
export type CreateSchedule = (lr: number, steps: number) => number | Schedule;

/** The learning rate schedules; the usual one first. Their code names two variables of the program: `rate` and `steps`. */
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
    name: "constant",
    title: "Constant",
    about: "the same rate throughout",
    value: () => (lr) => lr,
    code: { code: "rate", imports: {} },
  },
];
