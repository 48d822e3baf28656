export {
  binaryCrossEntropy,
  type ClassLossOptions,
  type CrossEntropyOptions,
  crossEntropy,
  nll,
  sigmoidCrossEntropy,
  weightedCrossEntropy,
} from "./classification.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
export { huber, l1, l2, mae, mse, quadraticCost } from "./regression.ts";
