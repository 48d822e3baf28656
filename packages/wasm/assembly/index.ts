/** The kernels that the backend calls: compiled to WebAssembly by apps/packaging/kernels/generate.js. */
export { binary, where } from "./binary";
export { convolutionBytes, convolutionUnits, packWeights, panelBytes } from "./convolution";
export { finished, open, serve, setBoard, setFlag } from "./jobs";
export { add, copy, fill } from "./movement";
export { argsort } from "./order";
export { argmax, endTotals, startTotals } from "./reduce";
export { scratchBytes, setScratch } from "./scratch";
export { softmaxCrossEntropy, softmaxCrossEntropyGradient } from "./training";
export { unary } from "./unary";
export { sumBlocks, weightGradientBytes, weightTotalsBytes } from "./weight-gradient";
export { wholeProduct } from "./whole";
export { slide } from "./window";
export function heapBase(): usize {
  return __heap_base;
}
