/** The layers of a network of images, one by one, for the form: as text they are an experiment's. */
import type { HiddenSpec } from "@dlcc/experiment";

/** A layer as the experiment writes it. */
function textOf(layer: HiddenSpec): string {
  switch (layer.kind) {
    case "conv":
      return `conv ${layer.channels} ${layer.kernel}${layer.same ? " same" : ""}`;
    case "pool":
    case "average":
      return `${layer.kind} ${layer.size}${layer.stride === layer.size ? "" : ` ${layer.stride}`}`;
    case "dense":
      return `dense ${layer.units}`;
    case "dropout":
      return `dropout ${layer.p}`;
    case "residual":
      return `residual(${imageLayersText(layer.layers)})`;
    default:
      return layer.kind;
  }
}

/** The layers as text. */
export const imageLayersText = (layers: readonly HiddenSpec[]): string => layers.map(textOf).join(", ");

/** Layers with another one: those of images come before the dense ones. */
export function withLayer(layers: readonly HiddenSpec[], added: HiddenSpec): readonly HiddenSpec[] {
  const firstDense = layers.findIndex(({ kind }) => kind === "dense");
  const at = added.kind === "dense" || firstDense < 0 ? layers.length : firstDense;
  return [...layers.slice(0, at), added, ...layers.slice(at)];
}

/** Whether dense layers are all that there is: then the network needs no images. */
export const areDense = (layers: readonly HiddenSpec[]): boolean => layers.every(({ kind }) => kind === "dense");
