import type { Place, SurfacePoint } from "@dlcc/course";
import { useMemo } from "preact/hooks";
import { contoursOf, fieldOf, type Landscape } from "./landscape.ts";
import { Handle, Plot, Polyline, pathOf, type Scales } from "./plot.tsx";

/** A surface from above, the path of the descent, and the ball at its start. */
export function SurfacePlot(props: {
  landscape: Landscape;
  path: readonly SurfacePoint[];
  arrows: boolean;
  onStart: (start: Place) => void;
}) {
  const { landscape, path } = props;
  const [right, top] = landscape.reach;
  const start = path[0]?.place ?? landscape.start;
  const inside = (value: number, reach: number): number => Math.max(-reach, Math.min(reach, value));
  return (
    <Plot
      label="The surface from above, with contour lines and the path of the descent"
      x={[-right, right]}
      y={[-top, top]}
      xLabel="x"
      yLabel="y"
    >
      {(scales) => (
        <>
          <Ground landscape={landscape} scales={scales} />
          {props.arrows && <Arrows landscape={landscape} scales={scales} />}
          <Polyline points={path.map(({ place }) => place)} scales={scales} />
          {path.slice(1).map(({ place: [x, y] }, i) => (
            <circle key={i} class="visited" cx={scales.x(x)} cy={scales.y(y)} r={3} />
          ))}
          <Handle
            label="The starting point: x, y"
            scales={scales}
            at={start}
            step={right / 40}
            onMove={(x, y) => props.onStart([inside(x, right), inside(y, top)])}
          />
        </>
      )}
    </Plot>
  );
}

/** Contour lines; the higher the ground, the more ink it has. */
export function Ground(props: { landscape: Pick<Landscape, "surface" | "centre" | "reach">; scales: Scales }) {
  const { landscape, scales } = props;
  const { lines, placeOf } = useMemo(() => contoursOf(landscape), [landscape]);
  return (
    <g class="contours">
      {lines.map(({ coordinates, value }) => (
        <path
          key={value}
          d={coordinates
            .flat()
            .map(
              (ring) =>
                `${pathOf(
                  ring.map(([column = 0, row = 0]) => placeOf(column, row)),
                  scales,
                )}Z`,
            )
            .join("")}
        />
      ))}
    </g>
  );
}

/** Arrows along the negative gradient: the direction and steepness of the descent. */
function Arrows({ landscape, scales }: { landscape: Landscape; scales: Scales }) {
  const field = useMemo(() => fieldOf(landscape), [landscape]);
  const steepest = Math.max(...field.map(({ gradient }) => Math.hypot(...gradient)));
  return (
    <g class="arrows">
      {field.map(({ place: [x, y], gradient: [dx, dy] }) => {
        const slope = Math.hypot(dx, dy);
        if (slope < steepest / 1000) return null;
        // The square root, so that gentle slopes can be seen, too.
        const length = 26 * Math.sqrt(slope / steepest);
        const turned = (Math.atan2(dy, -dx) * 180) / Math.PI;
        return (
          <path
            key={`${x} ${y}`}
            transform={`translate(${scales.x(x)} ${scales.y(y)}) rotate(${turned})`}
            d={`M${-length / 2},0H${length / 2}l-4,-3m4,3l-4,3`}
          />
        );
      })}
    </g>
  );
}
