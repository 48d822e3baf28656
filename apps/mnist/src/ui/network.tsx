import { useEffect, useRef, useState } from "preact/hooks";
import { drawNetwork, type NetworkPicture } from "./network-drawing.ts";
import { saveFile } from "./save.ts";

/** The network as a picture: the digit, the first units of each layer, the weights between them, and the answer. */
export function Network(props: NetworkPicture) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const box = canvas.current?.parentElement;
    if (!box) return;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current && width > 0) drawNetwork(canvas.current, width, props);
    };
    draw();
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => dark.removeEventListener("change", draw);
  }, [props.inside, props.weights, props.pixels, width]);
  const { layers } = props.inside;
  const scores = [...(layers.at(-1)?.values ?? [])];
  const best = scores.indexOf(Math.max(...scores));
  const sizes = layers
    .map(({ units, side }) => (side ? `${units} maps of ${side}×${side}` : `${units} units`))
    .join(", ");
  return (
    <div class="network">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`The network: 784 pixels, then layers of ${sizes}. Its answer for this digit: ${props.classes[best] ?? "none"}`}
      />
      <p class="caption">
        <span>
          Lines are weights:{" "}
          <span class="whole">
            <i style={{ background: "var(--train)" }} /> for
          </span>
          ,{" "}
          <span class="whole">
            <i style={{ background: "var(--check)" }} /> against
          </span>
          .{" "}
          {layers.some(({ side }) => side)
            ? "A kernel’s map is strong where the picture looks like it."
            : "The stronger a unit’s frame, the more it has to say."}
        </span>
        <button
          type="button"
          class="save"
          aria-label="Save Network as PNG"
          onClick={() => canvas.current?.toBlob((blob) => blob && saveFile("network.png", blob))}
        >
          PNG
        </button>
      </p>
    </div>
  );
}
