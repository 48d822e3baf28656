/** The rows of a table of classes: each has an input z, and one of them is the right answer. */
import { decimals, Slider } from "./parts.tsx";

const below = "₁₂₃₄";

/** A symbol with the number of its class below: z₁. */
export const ofClass = (symbol: string, j: number): string => `${symbol}${below.charAt(j)}`;

/** The head of a row: the class and the slider of its input. */
export const ClassInput = (props: { j: number; z: readonly number[]; onChange: (z: readonly number[]) => void }) => (
  <th scope="row">
    <Slider
      label={ofClass("z", props.j)}
      value={props.z[props.j] ?? 0}
      min={-5}
      max={5}
      step={0.1}
      show={decimals(1)}
      onChange={(to) => props.onChange(props.z.with(props.j, to))}
    />
  </th>
);

/** The cell that makes its class the right answer. */
export const ClassTarget = (props: { j: number; target: number; onChange: (target: number) => void }) => (
  <td class="target" data-label="the right answer">
    <input
      type="radio"
      name="target"
      aria-label={`Class ${props.j + 1} is the right answer`}
      checked={props.j === props.target}
      onChange={() => props.onChange(props.j)}
    />
  </td>
);
