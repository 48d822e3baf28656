import { useEffect, useRef, useState } from "preact/hooks";
import { isExample, picture, setStrokes, strokes } from "../drawing.ts";
import type { Drawing } from "../messages.ts";
import { ask } from "../state.ts";
import type { Point, Stroke } from "../strokes.ts";

/** The sheet's own pixels, and the pen's width in them. */
const [side, pen] = [280, 16];
/** How far a key moves the pen: a part of the sheet. */
const [stride, small] = [0.05, 0.0125];

const moves: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const within = (part: number): number => Math.min(1, Math.max(0, part));

/** The sheet to draw a digit on: with mouse, pen or finger, or with the keys. */
export function Sheet({ hint }: { readonly hint: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const line = useRef<Point[] | undefined>(undefined);
  const [cursor, setCursor] = useState<Point>();
  const [down, setDown] = useState(false);
  const [byKeys, setByKeys] = useState(false);
  const [drawn, shown] = [strokes.value, picture.value];
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context) paint(context, drawn, shown, isExample.value);
  }, [drawn, shown]);

  /** Begins a stroke. */
  const begin = (point: Point): void => {
    line.current = [point];
    setStrokes([...(isExample.value ? [] : strokes.value), [point]]);
  };
  const goOn = (point: Point): void => {
    line.current = [...(line.current ?? []), point];
    setStrokes([...strokes.value.slice(0, -1), line.current]);
  };
  const placeOf = (event: PointerEvent): Point => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return [0, 0];
    return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
  };
  const lift = (): void => {
    line.current = undefined;
    setDown(false);
  };
  const press = (event: KeyboardEvent): void => {
    const move = moves[event.key];
    const at = cursor ?? [0.5, 0.5];
    if (move) {
      const far = event.shiftKey ? small : stride;
      const to: Point = [within(at[0] + move[0] * far), within(at[1] + move[1] * far)];
      setCursor(to);
      if (down) goOn(to);
    } else if (event.key === " ") {
      setCursor(at);
      if (down) lift();
      else {
        begin(at);
        setDown(true);
      }
    } else if (event.key === "Backspace") {
      lift();
      setStrokes(strokes.value.slice(0, -1));
    } else if (event.key === "Delete") {
      lift();
      setStrokes([]);
    } else return;
    event.preventDefault();
  };
  const empty = drawn.length === 0 && !shown;
  return (
    <div class="sheet">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes the arrow keys, which is what the role says. */}
      <canvas
        ref={canvas}
        width={side}
        height={side}
        tabIndex={0}
        role="application"
        aria-roledescription="sheet to draw on"
        aria-label="A sheet to draw a digit on, with mouse, pen or finger. Keys: arrows move the pen, space puts it down and lifts it, backspace takes a stroke back, delete clears"
        data-testid="sheet"
        // The first stroke shall not wait for what reads it.
        onPointerEnter={() => ask({ type: "prepare" })}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setCursor(undefined);
          begin(placeOf(event));
        }}
        onPointerMove={(event) => {
          if (event.buttons === 0 || !line.current) return;
          for (const part of event.getCoalescedEvents?.() ?? []) line.current.push(placeOf(part));
          goOn(placeOf(event));
        }}
        onPointerUp={lift}
        onPointerCancel={lift}
        onKeyDown={press}
        onFocus={(event) => setByKeys(event.currentTarget.matches(":focus-visible"))}
        onBlur={() => {
          setByKeys(false);
          lift();
          setCursor(undefined);
        }}
      />
      {cursor && (
        <i
          class={down ? "pen down" : "pen"}
          aria-hidden="true"
          style={{ left: `${cursor[0] * 100}%`, top: `${cursor[1] * 100}%` }}
        />
      )}
      {empty && <p aria-hidden="true">{byKeys ? "Arrows move the pen, space puts it down and lifts it" : hint}</p>}
    </div>
  );
}

/** Draws what is on the sheet. */
function paint(
  context: CanvasRenderingContext2D,
  drawn: readonly Stroke[],
  shown: Drawing | undefined,
  faint: boolean,
): void {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  if (shown) paintPicture(context, shown);
  Object.assign(context, { lineWidth: pen, lineCap: "round", lineJoin: "round" });
  context.strokeStyle = faint ? "#5d5a55" : "#111";
  for (const stroke of drawn) {
    context.beginPath();
    for (const [x, y] of stroke) context.lineTo(x * side, y * side);
    const [x = 0, y = 0] = stroke[0] ?? [];
    if (stroke.length === 1) context.lineTo(x * side + 0.1, y * side); // A touch draws a dot.
    context.stroke();
  }
}

function paintPicture(context: CanvasRenderingContext2D, { pixels, width, height }: Drawing): void {
  const image = new ImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (const [i, gray] of pixels.entries()) words[i] = 0xff000000 | (gray * 0x010101);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  const scale = side / Math.max(width, height);
  context.drawImage(canvas, (side - width * scale) / 2, (side - height * scale) / 2, width * scale, height * scale);
}
