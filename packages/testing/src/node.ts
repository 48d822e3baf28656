/**
 * The part that needs Node: what random and damaged input must come to. Import it from `@dlcc/testing/node`.
 *
 * @module node
 */
export { Ordeal, OrdealError, type OrdealOptions } from "./ordeal.ts";
