/**
 * @packageDocumentation
 * @mergeModuleWith <project>
 */
export { ConformanceError } from "./conformance/harness.ts";
export { type ConformanceCase, type ConformanceOptions, conformance } from "./conformance/index.ts";
export { type CountingBackend, counting, StorageError } from "./counting.ts";
export { deferred } from "./deferred.ts";
export { type RandomCase, type RandomCaseOptions, randomCase } from "./random/random-case.ts";
export { type RandomFailure, type RandomReport, type RandomRun, runRandom } from "./random/run.ts";
export { type RecordedCall, type RecordingBackend, recording } from "./recording.ts";
export { withoutFused } from "./without-fused.ts";
export { type Call, type Compute, wrap } from "./wrap.ts";
