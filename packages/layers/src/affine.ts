/** What normalization layers learn: by how much each channel, or feature, is scaled and shifted after it was normalized. */
import { ArgumentError, type DType, ones, Parameter, type Tensor, tidy, zeros } from "@dlcc/tensor";
import type { LayerConfig } from "./module.ts";

/** The options of every normalization layer. */
export interface NormLayerOptions {
  /** ε: what is added to the variance. Default: 1e-5. */
  readonly epsilon?: number;
  /** Whether it learns a scale and a shift for each channel, or feature. Default: true. */
  readonly affine?: boolean;
  /** Default: `float32`. */
  readonly dtype?: DType;
}

/** The scale γ, which begins as 1, and the shift β, which begins as 0; neither without `affine`. */
export function affineOf(
  shape: readonly number[],
  { affine = true, dtype = "float32" }: NormLayerOptions,
): { readonly weight: Parameter | undefined; readonly bias: Parameter | undefined } {
  if (!affine) return { weight: undefined, bias: undefined };
  return tidy(() => ({
    weight: new Parameter("weight", ones(shape, { dtype })),
    bias: new Parameter("bias", zeros(shape, { dtype })),
  }));
}

/** A layer's scale and shift as an op takes them. */
export const valuesOf = ({
  weight,
  bias,
}: {
  readonly weight: Parameter | undefined;
  readonly bias: Parameter | undefined;
}): { readonly weight?: Tensor; readonly bias?: Tensor } =>
  weight && bias ? { weight: weight.value, bias: bias.value } : {};

/** The options in a config. */
export const normOptions = ({ epsilon, affine }: LayerConfig): NormLayerOptions => ({
  epsilon: Number(epsilon),
  affine: affine !== false,
});

/** Checks a number of channels, groups or features. */
export function assertCount(layer: string, name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new ArgumentError(`${layer}: ${name} must be a whole number from 1, got ${String(value)}`);
}

/** Checks what is added to the variance. */
export function checkedEpsilon(layer: string, epsilon = 1e-5): number {
  if (epsilon >= 0) return epsilon;
  throw new ArgumentError(`${layer}: epsilon must be a number from 0, got ${epsilon}`);
}
