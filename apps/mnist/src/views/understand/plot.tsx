/** Pictures in the coordinates of their data. */
import { type ScaleLinear, scaleLinear } from "d3-scale";
import type { ComponentChildren, TargetedPointerEvent } from "preact";
import { useId, useRef } from "preact/hooks";

/** The scales from data to the picture. */
export interface Scales {
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

type Range = readonly [from: number, to: number];

/** The room for the ticks and, outside of them, for the names of the axes: there no curve runs through a word. */
const margin = { top: 34, right: 18, bottom: 58, left: 54 };

/** A frame with axes; `children` draw inside of it. */
export function Plot(props: {
  label: string;
  x: Range;
  y: Range;
  xLabel?: string;
  yLabel?: string;
  width?: number;
  height?: number;
  /** The text of a tick on the y axis. Default: as many decimals as it needs. */
  yTick?: (value: number) => ComponentChildren;
  /** Called when the ground is clicked, but nothing on it. */
  onGround?: (x: number, y: number) => void;
  children: (scales: Scales) => ComponentChildren;
}) {
  const { width = 520, height = 424 } = props;
  const x = scaleLinear(props.x, [margin.left, width - margin.right]);
  const y = scaleLinear(props.y, [height - margin.bottom, margin.top]);
  const clip = useId();
  const inside = {
    x: margin.left,
    y: margin.top,
    width: width - margin.left - margin.right,
    height: height - margin.top - margin.bottom,
  };
  const [across, up] = [width / 80, height / 60];
  const [xText, yText] = [x.tickFormat(across), props.yTick ?? y.tickFormat(up)];
  return (
    <svg class="figure" viewBox={`0 0 ${width} ${height}`}>
      <title>{props.label}</title>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus */}
      <g class="axis" aria-hidden="true">
        {x.ticks(across).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={margin.top} y2={height - margin.bottom} />
            <text x={x(tick)} y={height - margin.bottom + 24} text-anchor="middle">
              {xText(tick)}
            </text>
          </g>
        ))}
        {y.ticks(up).map((tick) => (
          <g key={tick}>
            <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
            <text x={margin.left - 7} y={y(tick) + 4} text-anchor="end">
              {yText(tick)}
            </text>
          </g>
        ))}
      </g>
      <clipPath id={clip}>
        <rect {...inside} />
      </clipPath>
      <g clip-path={`url(#${clip})`}>
        <rect
          {...inside}
          class="ground"
          onPointerDown={(event) => {
            const svg = event.currentTarget.ownerSVGElement;
            if (!props.onGround || !svg) return;
            const [left, top] = placeIn(svg, event);
            props.onGround(x.invert(left), y.invert(top));
          }}
        />
        {props.children({ x, y })}
      </g>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus */}
      <g class="axis" aria-hidden="true">
        {props.xLabel && (
          <text class="name" x={width - margin.right} y={height - 7} text-anchor="end">
            {props.xLabel}
          </text>
        )}
        {props.yLabel && (
          <text class="name" x="4" y="15">
            {props.yLabel}
          </text>
        )}
      </g>
    </svg>
  );
}

/** The place of an event in a picture's own units. */
function placeIn(svg: SVGSVGElement, event: MouseEvent): [number, number] {
  const box = svg.getBoundingClientRect();
  const { width, height } = svg.viewBox.baseVal;
  return [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height];
}

/** A line through points. */
export const pathOf = (points: readonly (readonly [number, number])[], { x, y }: Scales): string =>
  points.map(([px, py], i) => `${i === 0 ? "M" : "L"}${x(px).toFixed(1)},${y(py).toFixed(1)}`).join("");

/** That line, drawn. */
export const Polyline = (props: { points: readonly (readonly [number, number])[]; scales: Scales; class?: string }) => (
  <path class={props.class ?? "path"} d={pathOf(props.points, props.scales)} />
);

/** A movable point: by mouse, pen or finger, or with the arrow keys. */
export function Handle(props: {
  label: string;
  scales: Scales;
  at: readonly [number, number];
  /** The distance of a move by an arrow key. */
  step: number;
  onMove: (x: number, y: number) => void;
  onRemove?: () => void;
  /** Whether the handle moves only to the sides. */
  sideways?: boolean;
  radius?: number;
  /** Whether it is drawn in ink, as one of many. */
  ink?: boolean;
}) {
  const held = useRef(false);
  const [x, y] = props.at;
  const move = (event: TargetedPointerEvent<SVGGElement>) => {
    const svg = event.currentTarget.ownerSVGElement;
    if (!held.current || !svg) return;
    const [left, top] = placeIn(svg, event);
    props.onMove(props.scales.x.invert(left), props.sideways ? y : props.scales.y.invert(top));
  };
  const arrows: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, props.sideways ? 0 : 1],
    ArrowDown: [0, props.sideways ? 0 : -1],
  };
  return (
    <g
      class={props.ink ? "handle ink" : "handle"}
      role="slider"
      tabindex={0}
      aria-label={props.label}
      aria-valuenow={Number(x.toFixed(3))}
      aria-valuetext={props.sideways ? x.toFixed(2) : `${x.toFixed(2)}, ${y.toFixed(2)}`}
      onPointerDown={(event) => {
        held.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onPointerUp={() => {
        held.current = false;
      }}
      onPointerCancel={() => {
        held.current = false;
      }}
      onKeyDown={(event) => {
        const arrow = arrows[event.key];
        if (arrow) props.onMove(x + arrow[0] * props.step, y + arrow[1] * props.step);
        else if (event.key === "Delete" || event.key === "Backspace") props.onRemove?.();
        else return;
        event.preventDefault();
      }}
    >
      <circle class="reach" cx={props.scales.x(x)} cy={props.scales.y(y)} r="22" />
      <circle class="ball" cx={props.scales.x(x)} cy={props.scales.y(y)} r={props.radius ?? 9} />
    </g>
  );
}
