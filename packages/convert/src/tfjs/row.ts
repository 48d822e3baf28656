/** What a layer of TensorFlow.js is made from, and what its options may be. */
import { elu, gelu, geluTanh, type Layer, relu, sigmoid, silu, softmax, softplus, tanh } from "@dlcc/layers";
import { entry, list, type Values } from "../values.ts";

/** The lengths of an example's axes, in dlcc's order; null where the file leaves one open. */
export type Lengths = readonly (number | null)[];

/** The order of features that were an image: TensorFlow.js has the channels of a place side by side. */
export interface Flattened {
  readonly channels: number;
  readonly places: number;
}

/** What a layer gets, and what is known of it. */
export interface Before {
  readonly config: unknown;
  readonly shape: Lengths;
  /** Whether axis 0 has the channels, as of images; a table that is flattened at once keeps its axes. */
  readonly channelsFirst: boolean;
  /** Set between a Flatten and the Dense behind it. */
  readonly flattened: Flattened | undefined;
  /** A weight of the layer, of that shape. */
  take(name: string, shape: readonly (number | null)[]): Values;
}

/** What a layer becomes. */
export interface After {
  readonly layers: readonly Layer[];
  /** Default: as before. */
  readonly shape?: Lengths;
  /** Default: as before. */
  readonly flattened?: Flattened | undefined;
}

/** What of a layer dlcc lacks. */
export class Missing extends Error {}

/** A kind of layer. */
export interface Row {
  /** For options of which dlcc has only some values: whether it has this one. */
  readonly allows?: Readonly<Record<string, (value: unknown) => boolean>>;
  /** Makes the layers. It throws what is {@link Missing}. */
  make(before: Before): After;
}

/** The activations, by their names in a config. */
const activations: Readonly<Record<string, Layer | undefined>> = {
  linear: undefined,
  relu,
  sigmoid,
  tanh,
  softmax,
  elu,
  softplus,
  swish: silu,
  silu,
  gelu,
  gelu_new: geluTanh,
};

export const isActivation = (value: unknown): boolean =>
  value === undefined || value === null || Object.hasOwn(activations, String(value));
export const isLast = (value: unknown): boolean => value === undefined || value === "channels_last";
export const isValid = (value: unknown): boolean => value === undefined || value === "valid" || value === "same";
export const is =
  (...values: unknown[]) =>
  (value: unknown): boolean =>
    values.some((other) => other === value);

/** The activation in a config, if there is one. */
export function activationOf(config: unknown, rank: number): Layer[] {
  const name = String(entry(config, "activation") ?? "linear");
  if (name === "softmax" && rank !== 1) throw new Missing("softmax of the channels of each place");
  const activation = activations[name];
  return activation === undefined ? [] : [activation];
}

export const number = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);

/** A pair of whole numbers in a config; one number is for both directions. */
export function pairOf(config: unknown, key: string, otherwise: number): readonly [number, number] {
  const value = entry(config, key);
  const [first = otherwise, second = first] = typeof value === "number" ? [value] : list(value).map(Number);
  if ([first, second].every((n) => Number.isSafeInteger(n) && n >= 0)) return [first, second];
  throw new Missing(`${key} ${JSON.stringify(value)}`);
}

/** An image's channels, height and width. */
export function imageOf({ shape }: Before): readonly [channels: number, height: number | null, width: number | null] {
  const [channels, height = null, width = null] = shape;
  if (shape.length !== 3 || typeof channels !== "number")
    throw new Missing(`an input of ${shape.length} axes, with ${channels} channels`);
  return [channels, height, width];
}

export const biasOf = ({ config, take }: Before, count: number): Values | undefined =>
  entry(config, "use_bias") === false ? undefined : take("bias", [count]);

/** Where TensorFlow.js has a feature that is the i-th here. */
export const placeOf =
  (flattened: Flattened | undefined) =>
  (i: number): number =>
    flattened ? (i % flattened.places) * flattened.channels + Math.floor(i / flattened.places) : i;

/** Numbers of features, in the order that they have here. */
export const ordered = ({ data }: Values, flattened: Flattened | undefined): Float32Array => {
  const place = placeOf(flattened);
  return flattened ? data.map((_, i) => data[place(i)] ?? 0) : data;
};
