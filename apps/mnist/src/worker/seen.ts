/** What the layers of a network give as it reads one digit. */
import { activations } from "@dlcc/experiment";
import {
  AvgPool2d,
  BatchNorm,
  callLayer,
  Dropout,
  Flatten,
  type Layer,
  Linear,
  MaxPool2d,
  type Module,
  Sequential,
} from "@dlcc/layers";
import { type Tensor, tidy, unrecorded } from "@dlcc/tensor";
import type { SeenBy } from "../messages.ts";

/** The name of an activation; undefined for another layer. */
function activationOf(layer: Layer | undefined): string | undefined {
  const label = typeof layer === "function" && "label" in layer ? layer.label : undefined;
  return typeof label === "string" ? label : undefined;
}

/** What a layer makes of the numbers before it. */
function doneBy(layer: Layer | undefined): string {
  const label = activationOf(layer);
  if (label !== undefined) return `, after ${activations.find(({ name }) => name === label)?.title ?? label}`;
  if (layer instanceof MaxPool2d) return ", the largest of each window";
  if (layer instanceof AvgPool2d) return ", the mean of each window";
  return layer instanceof BatchNorm ? ", normalized" : "";
}

/** What the numbers are that a layer gives: weighted sums, what an activation makes of them, or those that go on. */
function nameOf(layer: Layer | undefined, [, count, height, width]: readonly number[]): string {
  const what = height === undefined ? `${count} ${layer instanceof Linear ? "weighted sums" : "units"}` : "";
  const maps = height === undefined ? "" : `${count} maps of ${height}×${width}`;
  return `${what}${maps}${doneBy(layer)}`;
}

/** Whether what a layer gives is only on its way to an activation: the next layer is one, or normalizes for one. */
const isOnTheWay = (next: Layer | undefined): boolean => next instanceof BatchNorm || activationOf(next) !== undefined;

/** What a layer gives, unless it only hands on what it was given. */
async function seen(layer: Layer | undefined, value: Tensor): Promise<SeenBy[]> {
  if (layer instanceof Flatten || layer instanceof Dropout) return [];
  const [, count = 1, height, width] = value.shape;
  // A copy: what a backend gives may be the memory itself.
  const values = Float32Array.from(await value.data());
  const maps = height !== undefined && height === width ? { maps: count } : {};
  return [{ name: nameOf(layer, value.shape), values, ...maps }];
}

interface Digit {
  /** The input of the network. */
  readonly input: () => Tensor;
  /** What is made of the output of its last layer, such as shares. */
  readonly end: (output: Tensor) => Tensor;
  /** Whether weighted sums are left out that an activation follows: a deep network has many. */
  readonly brief?: boolean;
}

/** Sends a digit through a network. @returns What each layer but the last gives, and the numbers at the end. */
export async function passThrough(
  model: Module,
  { input, end, brief = false }: Digit,
): Promise<{ readonly layers: readonly SeenBy[]; readonly scores: readonly number[] }> {
  const stack = model instanceof Sequential ? model.layers : [model];
  const made = unrecorded(() =>
    tidy(() => {
      let value = input();
      const values = stack.map((layer) => {
        value = callLayer(layer, value);
        return value;
      });
      return { values, scores: end(value) };
    }),
  );
  const scores = [...(await made.scores.data())];
  const layers: SeenBy[] = [];
  for (const [i, value] of made.values.entries()) {
    // The last layer is what the bars show.
    const isShown = i < made.values.length - 1 && !(brief && isOnTheWay(stack[i + 1]));
    if (isShown) layers.push(...(await seen(stack[i], value)));
    value.dispose();
  }
  made.scores.dispose();
  return { layers, scores };
}
