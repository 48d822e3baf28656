/**
 * @packageDocumentation
 * @mergeModuleWith <project>
 */
export {
  type CheckpointStore,
  type CheckpointStoreOptions,
  checkpointStore,
  type Place,
} from "./checkpoint-store.ts";
export { checkpointDatabase } from "./database.ts";
export { type Deserialized, type DeserializeOptions, deserialize } from "./deserialize.ts";
export { SafetensorsError } from "./error.ts";
export { type Metadata, serialize } from "./serialize.ts";
