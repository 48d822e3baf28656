/** The hidden units of the playground: what each of them gives over the plane. */
import { Image } from "../../ui/image.tsx";
import { gridSide } from "./playground-board.tsx";

export function Units(props: {
  units: readonly (readonly (readonly number[])[])[];
  /** The chosen unit of the first layer. */
  lit: number | undefined;
  onLight: (unit: number | undefined) => void;
}) {
  return (
    <div class="units">
      {props.units.map((layer, l) => (
        <div key={l}>
          <h2>Hidden layer {l + 1}</h2>
          <ul>
            {layer.map((values, j) => (
              <li key={j}>
                {l === 0 ? (
                  <button
                    type="button"
                    aria-pressed={props.lit === j}
                    aria-label={`Unit ${j + 1}: show its half-plane`}
                    onClick={() => props.onLight(props.lit === j ? undefined : j)}
                  >
                    <Image values={values} side={gridSide} shades="signed" />
                  </button>
                ) : (
                  <Image
                    values={values}
                    side={gridSide}
                    shades="signed"
                    label={`Unit ${j + 1} of hidden layer ${l + 1}, over the plane`}
                  />
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
