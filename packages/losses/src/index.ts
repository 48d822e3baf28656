export { binaryCrossEntropy, crossEntropy, nll, sigmoidCrossEntropy } from "./classification.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
export { huber, l1, l2, mae, mse, quadraticCost } from "./regression.ts";
