/**
 * The inputs and attributes of every op: what `apply` takes, what recorders see, and what backends are given. The unions
 * are closed, so a table over them that lacks an entry does not compile.
 */
import type { ArithmeticOp, ComparisonOp, Padding, ReduceOp, UnaryOp, Window } from "./backend.ts";
import type { DType } from "./dtype.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** No attributes. */
export type None = Readonly<Record<never, never>>;

interface Signature {
  readonly inputs: readonly TensorLike[];
  readonly attributes: object;
}

type Families = {
  readonly [O in UnaryOp]: { inputs: readonly [x: Tensor]; attributes: None };
} & {
  readonly [O in ArithmeticOp | ComparisonOp]: { inputs: readonly [a: TensorLike, b: TensorLike]; attributes: None };
} & {
  readonly [O in ReduceOp]: { inputs: readonly [x: Tensor]; attributes: { readonly axes: readonly number[] } };
};

/** The primitives: what every backend can do. */
interface Primitives extends Families {
  readonly where: { inputs: readonly [condition: Tensor, a: TensorLike, b: TensorLike]; attributes: None };
  readonly cast: { inputs: readonly [x: Tensor]; attributes: { readonly dtype: DType } };
  readonly argmax: { inputs: readonly [x: Tensor]; attributes: { readonly axis: number } };
  readonly argsort: {
    inputs: readonly [x: Tensor];
    attributes: { readonly axis: number; readonly descending: boolean };
  };
  readonly matmul: { inputs: readonly [a: Tensor, b: Tensor]; attributes: None };
  readonly copy: { inputs: readonly [x: Tensor]; attributes: None };
  readonly pad: {
    inputs: readonly [x: Tensor];
    attributes: { readonly padding: readonly Padding[]; readonly value: number };
  };
  readonly concat: { inputs: readonly Tensor[]; attributes: { readonly axis: number } };
  readonly gather: { inputs: readonly [x: Tensor, indices: Tensor]; attributes: { readonly axis: number } };
  readonly scatterAdd: {
    inputs: readonly [x: Tensor, indices: Tensor];
    attributes: { readonly axis: number; readonly size: number };
  };
  readonly unfold: { inputs: readonly [x: Tensor]; attributes: { readonly window: Window } };
  readonly fold: {
    inputs: readonly [x: Tensor];
    attributes: { readonly window: Window; readonly size: readonly [height: number, width: number] };
  };
}

/** The views: they share their input's storage, and need no backend. */
interface Views {
  readonly reshape: { inputs: readonly [x: Tensor]; attributes: { readonly shape: readonly number[] } };
  readonly permute: { inputs: readonly [x: Tensor]; attributes: { readonly axes: readonly number[] } };
  readonly broadcastTo: { inputs: readonly [x: Tensor]; attributes: { readonly shape: readonly number[] } };
  /** Element `i` of an axis of the result is element `start + i·step` of the input's; `shape` is the result's. */
  readonly slice: {
    inputs: readonly [x: Tensor];
    attributes: {
      readonly starts: readonly number[];
      readonly steps: readonly number[];
      readonly shape: readonly number[];
    };
  };
}

interface Custom {
  /** An op of the user's own: see `customOp` in `@dlcc/autograd`. */
  readonly custom: { inputs: readonly Tensor[]; attributes: CustomAttributes };
}

/** What an op of the user's own brings along. */
export interface CustomAttributes {
  /** The name in messages and in recorders. */
  readonly name: string;
  /** The value. It runs unrecorded. */
  readonly forward: (...inputs: readonly Tensor[]) => Tensor;
  /** The derivative: given ∂C/∂output, one ∂C/∂input for each input, or undefined for one that has none. */
  readonly backward: (gradient: Tensor, inputs: readonly Tensor[], output: Tensor) => readonly (Tensor | undefined)[];
}

/** The activations that `linear` and `conv2d` can take along: those whose derivative follows from their output. */
export const fusedActivations = ["relu", "sigmoid", "tanh"] as const;
/** The name of an activation that a fused op can take along. */
export type FusedActivation = (typeof fusedActivations)[number];

/** How a kernel slides over images, and which channels it sees. */
export interface ConvolutionAttributes {
  /** The kernel's size, and how it slides. */
  readonly window: Window;
  /** Into how many groups the channels go: each group of outputs sees its own group of inputs. */
  readonly groups: number;
}

/** The options of a step of SGD. Source: PyTorch's `torch.optim.SGD`. */
export interface SgdAttributes {
  /** The learning rate η. */
  readonly lr: number;
  /** λ: what of the parameter is added to its gradient. */
  readonly weightDecay: number;
  /** μ: how much of the velocity is kept. */
  readonly momentum: number;
  /** Whether to look ahead along the velocity. */
  readonly nesterov: boolean;
}

/** The options of a step of Adam. Source: Kingma & Ba 2015; `decoupled` is AdamW, Loshchilov & Hutter 2019. */
export interface AdamAttributes {
  /** The learning rate η. */
  readonly lr: number;
  /** How much of the first moment is kept. */
  readonly beta1: number;
  /** How much of the second moment is kept. */
  readonly beta2: number;
  /** What keeps the divisor above 0. */
  readonly epsilon: number;
  /** λ */
  readonly weightDecay: number;
  /** Whether the decay is applied to the parameter itself (AdamW), or goes through the gradient (Adam). */
  readonly decoupled: boolean;
  /** Counted from 1. */
  readonly step: number;
}

/** The fused ops: each has a composite of primitives, and a backend may have a faster version. */
interface FusedOps {
  /** `activation(x · weightᵀ + bias)`: `[n, in] × [out, in] → [n, out]`. The bias may be left out. */
  readonly linear: {
    inputs: readonly [x: Tensor, weight: Tensor, bias: Tensor] | readonly [x: Tensor, weight: Tensor];
    attributes: { readonly activation: FusedActivation | undefined };
  };
  /**
   * `activation(x ∗ weight + bias)`: `[n, c, h, w], [o, c/groups, kh, kw], [o] → [n, o, oh, ow]`. The bias may be left out.
   */
  readonly conv2d: {
    inputs: readonly [x: Tensor, weight: Tensor, bias: Tensor] | readonly [x: Tensor, weight: Tensor];
    attributes: ConvolutionAttributes & { readonly activation: FusedActivation | undefined };
  };
  /**
   * What `conv2d` passes back to its input of `size`, and a layer of its own:
   * `[n, o, oh, ow], [o, c/groups, kh, kw], [c] → [n, c, ...size]`. The bias may be left out.
   */
  readonly convTranspose2d: {
    inputs: readonly [x: Tensor, weight: Tensor, bias: Tensor] | readonly [x: Tensor, weight: Tensor];
    attributes: ConvolutionAttributes & { readonly size: readonly [height: number, width: number] };
  };
  /** What `conv2d` passes back to its weight: `[n, c, h, w], [n, o, oh, ow] → [o, c/groups, kh, kw]`. */
  readonly conv2dWeightGradient: {
    inputs: readonly [x: Tensor, gradient: Tensor];
    attributes: ConvolutionAttributes;
  };
  /** `−log softmax(logits)[label]` for each row: `[n, classes], int32 [n] → [n]`. */
  readonly softmaxCrossEntropy: { inputs: readonly [logits: Tensor, labels: Tensor]; attributes: None };
  /**
   * What an activation `y = f(x)` passes back, `f′(x) · gradient`, by its output:
   * `gradient, output → gradient`, all of one shape.
   */
  readonly activationGradient: {
    inputs: readonly [gradient: Tensor, output: Tensor];
    attributes: { readonly activation: FusedActivation };
  };
  /**
   * What `softmaxCrossEntropy` passes back to the logits, `(softmax(z) − e_label) · gradient` for each row:
   * `[n, classes], int32 [n], [n] → [n, classes]`.
   */
  readonly softmaxCrossEntropyGradient: {
    inputs: readonly [logits: Tensor, labels: Tensor, gradient: Tensor];
    attributes: None;
  };
  /** The largest element in each window: `[n, c, h, w] → [n, c, rows, columns]`. */
  readonly maxPool2d: { inputs: readonly [x: Tensor]; attributes: { readonly window: Window } };
  /** What `maxPool2d` passes back: each gradient to the first largest element of its window. Of the shape of `x`. */
  readonly maxPool2dGradient: {
    inputs: readonly [gradient: Tensor, x: Tensor, output: Tensor];
    attributes: { readonly window: Window };
  };
  /** The sum over each window, divided by the number of its taps: `[n, c, h, w] → [n, c, rows, columns]`. */
  readonly avgPool2d: { inputs: readonly [x: Tensor]; attributes: { readonly window: Window } };
  /** What `avgPool2d` passes back to an image of `size`: `[n, c, rows, columns] → [n, c, h, w]`. */
  readonly avgPool2dGradient: {
    inputs: readonly [gradient: Tensor];
    attributes: { readonly window: Window; readonly size: readonly [height: number, width: number] };
  };
  /** Mean and variance of each channel: `[n, c, s] → [2, c]`. */
  readonly channelMoments: { inputs: readonly [x: Tensor]; attributes: None };
  /**
   * `(x − mean) / √(variance + ε) · weight + bias` for each channel: `[n, c, s], [2, c], [c], [c] → [n, c, s]`. The moments
   * are those of `x`. Weight and bias may be left out.
   */
  readonly channelNorm: {
    inputs: readonly [x: Tensor, moments: Tensor, weight: Tensor, bias: Tensor] | readonly [x: Tensor, moments: Tensor];
    attributes: { readonly epsilon: number };
  };
  /**
   * `Σ gradient` and `Σ gradient · x̂` for each channel, with `x̂` what `channelNorm` makes of `x`:
   * `[n, c, s], [n, c, s], [2, c] → [2, c]`.
   */
  readonly channelNormSums: {
    inputs: readonly [gradient: Tensor, x: Tensor, moments: Tensor];
    attributes: { readonly epsilon: number };
  };
  /** What `channelNorm` passes back to `x`, by what `channelNormSums` gave: `[n, c, s]`. The weight may be left out. */
  readonly channelNormGradient: {
    inputs:
      | readonly [gradient: Tensor, x: Tensor, moments: Tensor, sums: Tensor, weight: Tensor]
      | readonly [gradient: Tensor, x: Tensor, moments: Tensor, sums: Tensor];
    attributes: { readonly epsilon: number };
  };
  /** One step of plain SGD: `parameter, gradient → parameter`. */
  readonly sgdStep: { inputs: readonly [parameter: Tensor, gradient: Tensor]; attributes: SgdAttributes };
  /** One step with momentum: `parameter, velocity, gradient → parameter, velocity`. */
  readonly momentumStep: {
    inputs: readonly [parameter: Tensor, velocity: Tensor, gradient: Tensor];
    attributes: SgdAttributes;
  };
  /** One step of Adam: `parameter, first moment, second moment, gradient → parameter, first moment, second moment`. */
  readonly adamStep: {
    inputs: readonly [parameter: Tensor, firstMoment: Tensor, secondMoment: Tensor, gradient: Tensor];
    attributes: AdamAttributes;
  };
}

/** The name of a primitive. */
export type PrimitiveOp = keyof Primitives;
/** The name of a view. */
export type ViewOp = keyof Views;
/** The name of a fused op. */
export type FusedOp = keyof FusedOps;
/**
 * The fused ops that are a step of an optimizer: they turn old values and a gradient into new values, one result for each
 * input but the last.
 */
export const stepOps = ["sgdStep", "momentumStep", "adamStep"] as const;
/** The name of a step of an optimizer. */
export type StepOp = (typeof stepOps)[number];
/** The name of an op. */
export type Op = PrimitiveOp | ViewOp | FusedOp | "custom";

type Signatures = Primitives & Views & FusedOps & Custom;
/** The attributes of an op. */
export type Attributes<O extends Op> = Signatures[O] extends Signature ? Signatures[O]["attributes"] : never;
/** The inputs of an op. */
export type Inputs<O extends Op> = Signatures[O] extends Signature ? Signatures[O]["inputs"] : never;
/** The attributes of a fused op. */
export type FusedAttributes<O extends FusedOp> = FusedOps[O]["attributes"];
