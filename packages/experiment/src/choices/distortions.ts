/** The steps of `--augment`. */
import type { Distortion } from "@dlcc/data";
import { wordsIn } from "../network/words.ts";
import { type Choice, type Code, codeFrom, type Distorting, pick } from "./choice.ts";

/** Makes a step from its numbers. */
export type CreateDistortion = (...numbers: readonly number[]) => Distortion;

/** A step to choose, and its numbers. */
export interface DistortionChoice extends Choice<CreateDistortion, Distorting> {
  /** The most numbers that it takes. */
  readonly most: number;
  /** Whether it can do without. */
  readonly optional?: true;
}

type Plain =
  | "randomShift"
  | "randomRotation"
  | "randomZoom"
  | "randomShear"
  | "randomElastic"
  | "randomNoise"
  | "randomFlip";

const row = (
  name: string,
  title: string,
  about: string,
  call: Plain,
  rest: { readonly most?: number; readonly optional?: true } = {},
): DistortionChoice => ({
  name,
  title,
  about,
  value: (from) => from[call] as CreateDistortion,
  code: codeFrom("@dlcc/data", call, call),
  most: 1,
  ...rest,
});

/** The steps, in the order in which they are useful. */
export const distortions: readonly DistortionChoice[] = [
  row("rotation", "Rotation", "rotation 10: by -10 to 10 degrees", "randomRotation"),
  row("zoom", "Zoom", "zoom 0.1: by 0.9 to 1.1", "randomZoom"),
  row("shear", "Shear", "shear 10: slanted by -10 to 10 degrees", "randomShear"),
  row("shift", "Shift", "shift 2: by -2 to 2 pixels; shift 2 0: to the sides alone", "randomShift", { most: 2 }),
  row("flip", "Flip", "flip: mirrored, half of them; not for digits", "randomFlip", { optional: true }),
  row("elastic", "Elastic", "elastic 34 4: Simard's, with strength and smoothness", "randomElastic", {
    most: 2,
    optional: true,
  }),
  row("noise", "Noise", "noise 0.1: normal, of that deviation", "randomNoise"),
  {
    name: "erasing",
    title: "Erasing",
    about: "erasing 0.5: a rectangle in half of them",
    value:
      ({ randomErasing }) =>
      (probability = 0.5) =>
        randomErasing({ probability }),
    code: codeFrom("@dlcc/data", "((probability) => randomErasing({ probability }))", "randomErasing"),
    most: 1,
    optional: true,
  },
];

/** What `--augment` does without a value: as digits differ from hand to hand. */
export const usualAugment = "rotation 10, zoom 0.1, shear 10, shift 2";

/** A step, and its numbers. */
interface Step {
  readonly choice: DistortionChoice;
  readonly numbers: readonly number[];
}

/** The steps of a text such as `rotation 10, shift 2`. @throws {RangeError} if one is unknown, or has the wrong numbers. */
function stepsIn(text: string): Step[] {
  return wordsIn(text).map(({ name, numbers, marks, text: step }) => {
    const choice = pick(distortions, name);
    const { most, optional, about } = choice;
    if (marks.length === 0 && numbers.length <= most && (numbers.length > 0 || optional)) return { choice, numbers };
    throw new RangeError(`parseAugment: a step must be written as in ${about}; got ${JSON.stringify(step)}`);
  });
}

/** The distortions of a text, made by the packages. */
export const distortionsOf = (text: string, from: Distorting): Distortion[] =>
  stepsIn(text).map(({ choice, numbers }) => choice.value(from)(...numbers));

/** The code of a text's distortions, in a program. */
export const codeOfDistortions = (text: string): Code[] =>
  stepsIn(text).map(({ choice: { code }, numbers }) => ({ ...code, code: `${code.code}(${numbers.join(", ")})` }));
