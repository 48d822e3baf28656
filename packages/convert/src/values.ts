/** Layers that begin with given values. */
import { type Initializer, type Layer, leakyRelu, PReLU } from "@dlcc/layers";
import { type Parameter, permute, type Tensor, tensor, tidy } from "@dlcc/tensor";

/** Numbers in a shape, as files have them: row-major. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The values as a tensor, with the axes in another order. */
export const turned = ({ shape, data }: Values, axes: readonly number[]): Tensor =>
  tidy(() => permute(tensor(data, { shape }), axes));

/** What makes a layer begin with values. */
export const given =
  (make: () => Tensor): Initializer =>
  ({ shape }) =>
    tidy(() => make().reshape(shape));

/** Puts numbers into a parameter or a buffer. */
export function set(cell: Parameter | undefined, data: Float32Array): void {
  if (!cell) return;
  tidy(() => {
    cell.value = tensor(data, { shape: cell.peek().shape });
  });
}

/** A rectifier with a slope below 0 that it doesn't learn. */
export function leaky(slope: number): Layer {
  if (slope === 0.01) return leakyRelu;
  const layer = new PReLU(1, { initial: slope });
  layer.weight.frozen = true;
  return layer;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The entry of an object, however it came to be one. No prototype is asked. */
export const entry = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** The elements of a list; none if it is no list. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
