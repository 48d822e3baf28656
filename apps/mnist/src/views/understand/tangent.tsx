/** A curve, a point to drag along it, and the tangent there. */
import type { CurvePoint } from "@dlcc/course";
import type { ComponentChildren } from "preact";
import { Handle, Polyline, type Scales } from "./plot.tsx";

export function Tangent(props: {
  /** The points of the curve, and the one at hand. */
  curve: readonly CurvePoint[];
  here: CurvePoint | undefined;
  scales: Scales;
  /** The name of the point that is dragged. */
  label: string;
  onMove: (v: number) => void;
  /** What is drawn below the point. */
  children?: ComponentChildren;
}) {
  const { here, scales } = props;
  const [from = 0, to = 0] = scales.x.domain();
  return (
    <>
      <Polyline points={props.curve.map(({ v, value }) => [v, value])} scales={scales} />
      {here && (
        <>
          <Polyline
            class="goal"
            points={[from, to].map((v) => [v, here.value + here.derivative * (v - here.v)])}
            scales={scales}
          />
          {props.children}
          <Handle
            label={props.label}
            scales={scales}
            at={[here.v, here.value]}
            step={0.1}
            sideways
            onMove={(v) => props.onMove(Math.max(from, Math.min(to, v)))}
          />
        </>
      )}
    </>
  );
}
