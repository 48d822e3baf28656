/**
 * @packageDocumentation
 * @mergeModuleWith <project>
 */
export { type Deserialized, type DeserializeOptions, deserialize } from "./deserialize.ts";
export { SafetensorsError } from "./error.ts";
export { type Metadata, serialize } from "./serialize.ts";
