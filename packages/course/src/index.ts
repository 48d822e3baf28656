export {
  addBits,
  type Bit,
  type Decision,
  decisionTable,
  multiplyBits,
  nand,
  perceptron,
} from "./circuits.ts";
export { type Curve, type CurvePoint, curve, type Nudge, sensitivity } from "./derivative.ts";
export { type Descent, type DescentOptions, descend } from "./gradient-descent.ts";
export {
  bestLine,
  descendInMinibatches,
  descendToLine,
  type Line,
  type LineOptions,
  type MinibatchDescentOptions,
  type Pairs,
  pointsAroundLine,
} from "./linear-regression.ts";
export { type Learned, learnPerceptron } from "./perceptron.ts";
export { bowl, gradientField, hillAndValley, type Place, type Surface, type SurfacePoint } from "./surfaces.ts";
