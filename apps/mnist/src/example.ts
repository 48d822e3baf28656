/** The page draws a 3, so that a visitor sees a digit being read at once. */
import { isExample, setStrokes, strokes } from "./drawing.ts";
import type { Point } from "./strokes.ts";

/** How long a hand takes for it, in milliseconds. */
const duration = 1100;

/** Two arcs, one above the other. */
const three: readonly Point[] = Array.from({ length: 40 }, (_, i): Point => {
  const t = i / 39;
  const upper = t < 0.47;
  const angle = upper ? (-0.85 + 1.35 * (t / 0.47)) * Math.PI : (-0.5 + 1.35 * ((t - 0.47) / 0.53)) * Math.PI;
  return upper
    ? [0.47 + 0.2 * Math.cos(angle), 0.32 + 0.16 * Math.sin(angle)]
    : [0.47 + 0.24 * Math.cos(angle), 0.66 + 0.18 * Math.sin(angle)];
});

/** Draws it, unless the visitor draws. @returns What stops it. */
export function example(): () => void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    setStrokes([three], true);
    return () => {};
  }
  const begun = performance.now();
  const timer = setInterval(() => {
    if (strokes.value.length > 0 && !isExample.value) return clearInterval(timer);
    const share = Math.min(1, (performance.now() - begun) / duration);
    setStrokes([three.slice(0, Math.max(1, Math.round(share * three.length)))], true);
    if (share === 1) clearInterval(timer);
  }, 50);
  return () => clearInterval(timer);
}
