import { useEffect, useRef } from "preact/hooks";

/** How a number becomes a shade: ink on paper, or blue for below 0 and orange for above. */
type Shades = "ink" | "signed";

/** A square image of numbers, in the page's colours. */
export function Image({
  values,
  side = 28,
  shades = "ink",
  label,
}: {
  readonly values: ArrayLike<number>;
  readonly side?: number;
  readonly shades?: Shades;
  readonly label?: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(side, side);
    let most = 1e-9;
    for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] ?? 0));
    const [ink, above, below] =
      shades === "ink"
        ? [[20, 20, 24]]
        : [
            [0, 0, 0],
            [226, 87, 20],
            [38, 99, 210],
          ];
    for (let i = 0; i < side * side; i++) {
      const value = values[i] ?? 0;
      const colour = (shades === "ink" ? ink : value > 0 ? above : below) ?? [0, 0, 0];
      image.data.set(colour, 4 * i);
      image.data[4 * i + 3] = (255 * Math.abs(value)) / (shades === "ink" ? 1 : most);
    }
    context.putImageData(image, 0, 0);
  });
  const names = label === undefined ? { "aria-hidden": true } : { role: "img" as const, "aria-label": label };
  return <canvas ref={canvas} width={side} height={side} class={`image ${shades}`} {...names} />;
}
