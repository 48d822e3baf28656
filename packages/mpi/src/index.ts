export type { Reduction } from "./bind.ts";
export { createWorld, type WorldOptions } from "./create.ts";
export {
  type DistributedOptimizer,
  type DistributedOptions,
  distributed,
  type Gradients,
  type Steps,
} from "./distributed.ts";
export { MpiError } from "./error.ts";
export type { Figures, Measured } from "./notes.ts";
export type { SummationOrder } from "./reduce.ts";
export { type Examples, type Placed, type Sharded, type ShardedStream, type Share, shard } from "./shard.ts";
export type { Pending, Values, World } from "./world.ts";
