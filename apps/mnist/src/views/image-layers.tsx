/** The part of the form that makes a network of images: its convolutions, its pooling, its dense layers. Loaded with the first of them. */
import { type HiddenSpec, parseLayers } from "@dlcc/experiment";
import { useState } from "preact/hooks";
import { limits, whyNot, withLayers } from "../experiment.ts";
import { areDense, imageLayersText, withLayer } from "../image-layers.ts";
import { change, experiment } from "../state.ts";
import { NumberField } from "../ui/fields.tsx";
import { Term } from "../ui/term.tsx";

/** What can be added, with sizes to begin with. */
const additions: readonly { readonly name: string; readonly layer: HiddenSpec }[] = [
  { name: "Convolution", layer: { kind: "conv", channels: 8, kernel: 3, same: false } },
  { name: "Pooling", layer: { kind: "pool", size: 2, stride: 2 } },
  { name: "Dense layer", layer: { kind: "dense", units: 64 } },
];

export function ImageLayers() {
  const layers = parseLayers(experiment.value.layers ?? "");
  const [wrong, setWrong] = useState("");
  const put = (next: readonly HiddenSpec[]): void => {
    const text = imageLayersText(next);
    // Without a convolution it is a network of dense layers again.
    const dense = areDense(next);
    const reason = dense ? undefined : whyNot(text);
    setWrong(reason ?? "");
    if (reason !== undefined) return;
    const units = next.flatMap((layer) => (layer.kind === "dense" ? [layer.units] : [])).slice(0, limits.layers);
    change(withLayers(dense ? units.map((count) => ({ units: count, activation: "relu" })) : text));
  };
  return (
    <>
      {layers.map((layer, i) => (
        <div class="layer of-images" key={`${i} ${layer.kind}`}>
          <ImageLayer layer={layer} place={i + 1} put={(next) => put(layers.map((old, j) => (j === i ? next : old)))} />
          <button
            type="button"
            class="icon"
            aria-label={`Remove layer ${i + 1}`}
            onClick={() => put(layers.filter((_, j) => j !== i))}
          >
            ×
          </button>
        </div>
      ))}
      <div class="controls add">
        {additions.map(({ name, layer }) => (
          <button
            type="button"
            class="quiet"
            key={name}
            disabled={layers.length >= limits.imageLayers}
            onClick={() => put(withLayer(layers, layer))}
          >
            + {name}
          </button>
        ))}
      </div>
      {wrong && (
        <p class="note bad" role="alert">
          That doesn’t fit: {wrong}.
        </p>
      )}
    </>
  );
}

interface LayerProps<T extends HiddenSpec = HiddenSpec> {
  readonly layer: T;
  /** From 1. */
  readonly place: number;
  readonly put: (next: HiddenSpec) => void;
}

/** A layer: its name, and its sizes, if the form can change them. */
function ImageLayer({ layer, place, put }: LayerProps) {
  if (layer.kind === "conv") {
    return (
      <>
        <span>
          Kernels <Term name="convolution" />
        </span>
        <NumberField
          label={`Kernels of layer ${place}`}
          value={layer.channels}
          low={1}
          high={limits.channels}
          set={(channels) => put({ ...layer, channels })}
          bare
        />
        <i>of</i>
        <NumberField
          label={`Rows and columns of each kernel of layer ${place}`}
          value={layer.kernel}
          low={1}
          high={limits.kernel}
          set={(kernel) => put({ ...layer, kernel })}
          bare
        />
      </>
    );
  }
  if (layer.kind === "pool") {
    return (
      <>
        <span class="wide">
          Pooling <Term name="pooling" />
        </span>
        <NumberField
          label={`Rows and columns of the windows of layer ${place}`}
          value={layer.size}
          low={1}
          high={limits.kernel}
          set={(size) => put({ ...layer, size, stride: size })}
          bare
        />
      </>
    );
  }
  if (layer.kind === "dense") {
    return (
      <>
        <span class="wide">Units</span>
        <NumberField
          label={`Units of layer ${place}`}
          value={layer.units}
          low={1}
          high={limits.units}
          set={(units) => put({ ...layer, units })}
          bare
        />
      </>
    );
  }
  return <span class="all">{imageLayersText([layer])}</span>;
}
