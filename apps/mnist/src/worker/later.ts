/**
 * What the worker needs later: files in and out, data sets, drawings, networks of images, and the model that greets. They are one piece,
 * as a bundler puts what two pieces share, such as the layers of images, into the first script.
 */
export { buildNetwork } from "@dlcc/experiment";
export { fetchDataset } from "./datasets.ts";
export { fashionClasses } from "./fashion.ts";
export { digitsFromFiles, modelFile, openModel } from "./files.ts";
export { greet } from "./greeting.ts";
export { insideOfImages } from "./inside-images.ts";
export { readDrawing, teachDrawing } from "./reading.ts";
export { passThrough } from "./seen.ts";
