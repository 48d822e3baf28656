/** Numbers of many sizes, on a logarithmic scale. */
import { decimals } from "./parts.tsx";
import { Plot, pathOf } from "./plot.tsx";

/** A line of the picture: its numbers, from the first layer on. */
export interface Line {
  readonly label: string;
  readonly kind: "train" | "check" | "third" | "fourth";
  readonly values: readonly number[];
}

/** A power of ten in a picture: raised digits all of one font. */
const Power = ({ exponent }: { readonly exponent: number }) => (
  <>
    10
    <tspan dy="-0.45em" font-size="0.75em">
      {decimals(0)(exponent)}
    </tspan>
  </>
);

/** A number for each layer, on a logarithmic axis. */
export function PowersByLayer(props: {
  label: string;
  lines: readonly Line[];
  yLabel: string;
  /** The least exponent that the picture has room for, whatever the numbers. */
  least?: number;
  height?: number;
}) {
  const { lines, least = -4 } = props;
  const exponents = lines.flatMap(({ values }) => values.filter((v) => v > 0).map(Math.log10));
  const low = Math.floor(exponents.reduce((a, b) => Math.min(a, b), least));
  const top = Math.ceil(exponents.reduce((a, b) => Math.max(a, b), 0));
  // With room for the dots.
  const room = (top - low) / 30;
  const layers = lines.reduce((most, { values }) => Math.max(most, values.length), 2);
  return (
    <Plot
      label={props.label}
      x={[0.5, layers + 0.5]}
      y={[low - room, top + room]}
      xLabel="layer"
      yLabel={props.yLabel}
      yTick={(exponent) => Number.isInteger(exponent) && <Power exponent={exponent} />}
      height={props.height ?? 330}
    >
      {(scales) =>
        lines.map(({ label, kind, values }) => {
          const points = values.flatMap((v, i) => (v > 0 ? [[i + 1, Math.log10(v)] as const] : []));
          return (
            <g key={label} class={`powers ${kind}`}>
              <path d={pathOf(points, scales)} />
              {points.map(([l, exponent]) => (
                <circle key={l} cx={scales.x(l)} cy={scales.y(exponent)} r="4" />
              ))}
            </g>
          );
        })
      }
    </Plot>
  );
}

/** A bar on a logarithmic scale, for a number between two powers of ten. */
export function PowerBar({ value, from, to }: { value: number; from: number; to: number }) {
  const share = value > 0 ? (Math.log10(value) - from) / (to - from) : 0;
  return (
    <span class="bar" aria-hidden="true">
      <i style={{ width: `${100 * Math.max(0, Math.min(1, share))}%`, background: "var(--train)" }} />
    </span>
  );
}
