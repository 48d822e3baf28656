import type { Schedule } from "@dlcc/optim";
import type { Choice } from "./choice.ts";

/** Makes the learning rate of a run that has so many steps. */
export type CreateSchedule = (lr: number, steps: number) => number | Schedule;

/** How the learning rate changes; the usual way first. Their code names two variables of the program: `rate` and `steps`. */
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
    about: "the same all the time",
    value: () => (lr) => lr,
    code: { code: "rate", imports: {} },
  },
];
