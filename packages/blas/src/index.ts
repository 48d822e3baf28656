export { type BlasBackend, type BlasInfo, type BlasOptions, createBlas } from "./create.ts";
