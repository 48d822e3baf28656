/** What goes on in a network as it reads one digit: the first units of each layer, and the weights between them. */
import { asInput, type LoadedModel, type OutputKind, scores } from "@dlcc/experiment";
import { callLayer, Linear, type Module, Sequential } from "@dlcc/layers";
import { slice, type Tensor, tidy, unrecorded } from "@dlcc/tensor";
import type { Inside } from "../messages.ts";

/** More units of a layer than these can't be told apart in a picture. */
const most = 14;

/** The dense layers of a network, from the first on, with what goes into each. @param pixels `[1, 784]` */
export async function insideOf(
  model: Module,
  pixels: Tensor,
  { input, outputs }: { readonly input: LoadedModel["input"]; readonly outputs: OutputKind },
): Promise<Inside> {
  const stack = model instanceof Sequential ? model.layers : [model];
  model.eval();
  const made = unrecorded(() =>
    tidy(() => {
      let value = asInput(pixels, input);
      const units: Tensor[] = [];
      const weights: Tensor[] = [];
      for (const layer of stack) {
        const before = value;
        value = callLayer(layer, value);
        if (!(layer instanceof Linear)) continue;
        const rows = Math.min(most, layer.weight.value.shape[0] ?? 0);
        if (weights.length === 0) {
          weights.push(slice(value, [0, 1], [0, rows]));
          continue;
        }
        units.push(before);
        weights.push(slice(layer.weight.value, [0, rows], [0, Math.min(most, before.shape[1] ?? 0)]));
      }
      units.push(scores(value, outputs));
      return {
        units: units.map((unit) => slice(unit, [0, 1], [0, Math.min(most, unit.shape[1] ?? 0)])),
        weights,
        sizes: units.map((unit) => unit.shape[1] ?? 0),
      };
    }),
  );
  const read = async (tensor: Tensor): Promise<Float32Array> => {
    // A copy: what a backend gives may be the memory itself.
    const values = Float32Array.from(await tensor.data());
    tensor.dispose();
    return values;
  };
  const layers: { units: number; values: Float32Array }[] = [];
  for (const [i, unit] of made.units.entries()) layers.push({ units: made.sizes[i] ?? 0, values: await read(unit) });
  const weights: Float32Array[] = [];
  for (const weight of made.weights) weights.push(await read(weight));
  return { layers, weights };
}
