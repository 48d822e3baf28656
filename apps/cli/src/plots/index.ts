/**
 * The chapters' pictures: from the data that the functions of `@dlcc/course` return to an SVG, as a string. They follow
 * light and dark. `dlcc learn … --svg FILE` writes them, and the docs are built with them.
 *
 * @module
 */
export { type DerivativeData, derivativePlot } from "./derivative.ts";
export { type DescentData, descentPlot, gradientFieldPlot, type LandscapeData } from "./gradient-descent.ts";
export { type LearnedTable, perceptronPlot } from "./perceptron.ts";
export { type MinibatchData, minibatchPlot, type RegressionData, regressionPlot } from "./regression.ts";
