import { ArgumentError } from "./errors.ts";
import { tidy } from "./memory.ts";
import { type Operation, told } from "./op.ts";
import { unrecorded } from "./recorder.ts";
import { Tensor } from "./tensor.ts";

/** An op of the user's own, which its attributes bring along: see `customOp` in `@dlcc/autograd`. */
export const custom: Operation<"custom"> = {
  name: "custom",
  run(_, attributes, inputs) {
    const output = tidy(() => {
      const result: unknown = unrecorded(() => attributes.forward(...inputs));
      if (!(result instanceof Tensor)) throw new ArgumentError(`${attributes.name}: forward must return one tensor`);
      return result.renewed(); // A value of its own, even where forward returned one of its inputs.
    });
    return told(custom, attributes, inputs, [output]);
  },
};
