/**
 * For backends whose numbers lie on a device that has to be asked: what `@dlcc/gpu` and `@dlcc/webgpu` share. No program
 * that computes loads this.
 *
 * @packageDocumentation
 */
export { failureOf, lossOf, type NamedDevice, tooLarge } from "./device/errors.ts";
export { type Lines, linesOf } from "./device/lines.ts";
export { type Line, Scratch, type UntypedView } from "./device/scratch.ts";
export { type Errors, selfTest } from "./device/self-test.ts";
