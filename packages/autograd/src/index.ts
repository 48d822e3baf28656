export { customOp } from "./custom-op.ts";
export { GradCheckError, type GradCheckOptions, gradCheck } from "./grad-check.ts";
export { grad, type ValueAndGradients, type Variable, valueAndGrad, type WithAux } from "./value-and-grad.ts";
