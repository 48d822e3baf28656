import { useEffect, useRef } from "preact/hooks";

/** The shades of numbers: ink on paper, or blue below 0 and orange above. */
type Shades = "ink" | "signed";

/** A colour in the byte order of an image: red is the lowest byte, opacity the highest. */
const rgb = (red: number, green: number, blue: number): number => red | (green << 8) | (blue << 16);
const [ink, orange, blue] = [rgb(20, 20, 24), rgb(226, 87, 20), rgb(38, 99, 210)];

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
  const image = useRef<ImageData | undefined>(undefined);
  useEffect(() => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!context) return;
    if (image.current?.width !== side) image.current = context.createImageData(side, side);
    const pixels = new Uint32Array(image.current.data.buffer);
    let most = 1e-9;
    for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] ?? 0));
    const [above, below] = shades === "ink" ? [ink, ink] : [orange, blue];
    const opacity = 255 / (shades === "ink" ? 1 : most);
    for (let i = 0; i < pixels.length; i++) {
      const value = values[i] ?? 0;
      pixels[i] = (Math.round(Math.abs(value) * opacity) << 24) | (value > 0 ? above : below);
    }
    context.putImageData(image.current, 0, 0);
  }, [values, side, shades]);
  const names = label === undefined ? { "aria-hidden": true } : { role: "img" as const, "aria-label": label };
  return <canvas ref={canvas} width={side} height={side} class={`image ${shades}`} {...names} />;
}
