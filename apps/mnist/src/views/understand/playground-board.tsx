/** The plane of the playground: what the network says everywhere, its units' lines, and the points. */
import type { LabelledPoints, Place, PlaygroundLook } from "@dlcc/course";
import { contours } from "d3-contour";
import { useMemo, useState } from "preact/hooks";
import { Handle, Plot, pathOf, type Scales } from "./plot.tsx";

const reach = 1.15;
/** Rows and columns of the places at which the network is asked. */
export const gridSide = 35;
/** How far the pen moves by an arrow key. */
const penStep = 0.05;

const placeOf = (column: number, row: number): Place => [
  reach * ((2 * column) / (gridSide - 1) - 1),
  -reach * ((2 * row) / (gridSide - 1) - 1),
];

/** The places at which the network is asked, row by row from the top. */
export const grid: readonly Place[] = Array.from({ length: gridSide ** 2 }, (_, i) =>
  placeOf(i % gridSide, Math.floor(i / gridSide)),
);

/** From how sure an answer on a band is drawn. */
const sure = [0.5, 0.6, 0.7, 0.8, 0.9, 0.97];

export function Board(props: {
  points: LabelledPoints;
  look: PlaygroundLook;
  /** The unit of the first layer whose line is drawn thick. */
  lit: number | undefined;
  /** Own points: what adds one, and its class. */
  own: { readonly add: (place: Place) => void; readonly kind: number } | undefined;
}) {
  const { points, look, lit, own } = props;
  const [pen, setPen] = useState<Place>([0, 0]);
  const bands = useMemo(() => {
    const draw = contours().size([gridSide, gridSide]).thresholds(sure);
    return { ones: draw([...look.outputs]), zeros: draw(look.outputs.map((p) => 1 - p)) };
  }, [look]);
  const inside = (v: number): number => Math.max(-1, Math.min(1, v));
  return (
    <Plot
      label="The plane: what the network says in it, and the points"
      x={[-reach, reach]}
      y={[-reach, reach]}
      xLabel="x"
      yLabel="y"
      width={492}
      height={494}
      {...(own && { onGround: (x: number, y: number) => own.add([inside(x), inside(y)]) })}
    >
      {(scales) => (
        <>
          <g class="bands">
            {Object.entries(bands).map(([name, of]) => (
              <g key={name} class={name}>
                {of.map(({ coordinates, value }) => (
                  <path
                    key={value}
                    d={coordinates
                      .flat()
                      .map(
                        (ring) =>
                          `${pathOf(
                            // d3's grid points are the middles of its cells.
                            ring.map(([column = 0, row = 0]) => placeOf(column - 0.5, row - 0.5)),
                            scales,
                          )}Z`,
                      )
                      .join("")}
                  />
                ))}
              </g>
            ))}
          </g>
          {look.lines.map(({ w, b }, j) => (
            <UnitLine key={j} w={w} b={b} scales={scales} lit={j === lit} />
          ))}
          {points.x.map(([x, y], i) => (
            <circle
              key={i}
              class={points.labels[i] ? "corner yes" : "corner"}
              cx={scales.x(x)}
              cy={scales.y(y)}
              r="4.5"
            />
          ))}
          {own && (
            // biome-ignore lint/a11y/noStaticElementInteractions: its handle takes the focus
            <g
              onKeyDown={(event) => {
                if (event.key !== "Enter" && event.key !== " ") return;
                event.preventDefault();
                own.add(pen);
              }}
            >
              <Handle
                label={`The pen for a point of class ${own.kind}: x, y. Enter puts it`}
                scales={scales}
                at={pen}
                step={penStep}
                ink
                onMove={(x, y) => setPen([inside(x), inside(y)])}
              />
            </g>
          )}
        </>
      )}
    </Plot>
  );
}

/** The line w·x + b = 0 of a unit, with a mark to the side where the sum is positive. */
function UnitLine({ w, b, scales, lit }: { w: Place; b: number; scales: Scales; lit: boolean }) {
  const length = Math.hypot(...w);
  if (length < 1e-9) return null;
  const [nx, ny] = [w[0] / length, w[1] / length];
  // The foot of the perpendicular from the origin.
  const [x, y] = [(-b / length) * nx, (-b / length) * ny];
  const along = (part: number): Place => [x - ny * part, y + nx * part];
  return (
    <g class={lit ? "unit lit" : "unit"}>
      {lit && (
        <path
          class="side"
          d={`${pathOf([along(-9), along(9), [along(9)[0] + 9 * nx, along(9)[1] + 9 * ny], [along(-9)[0] + 9 * nx, along(-9)[1] + 9 * ny]], scales)}Z`}
        />
      )}
      <path d={pathOf([along(-9), along(9)], scales)} />
      <path
        d={pathOf(
          [
            [x, y],
            [x + 0.09 * nx, y + 0.09 * ny],
          ],
          scales,
        )}
      />
    </g>
  );
}
