/** A program as an application would bundle it: Vite builds and minifies it, with its defaults, of what users get. */
export { createGpu } from "@dlcc/gpu";
export { cpu } from "@dlcc/tensor";
export { conformance, counting } from "@dlcc/testing";
export { createWebGpu } from "@dlcc/webgpu";
// @boundaries-ignore the suites of packages/testing run here, too
export {
  modes,
  refusal,
  tolerance,
  tooFewDigits,
  withoutDigits,
  withoutWholeNumbers,
} from "../../../../packages/testing/test/fixtures/gpu.ts";
// @boundaries-ignore the suites of packages/testing run here, too
export { firstLosses } from "../../../../packages/testing/test/fixtures/training.ts";
