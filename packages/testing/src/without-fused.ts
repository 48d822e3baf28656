import { type Backend, composites } from "@dlcc/tensor";
import { wrap } from "./wrap.ts";

/**
 * A backend without its fused ops: each of them runs as its composite of primitives. A test that runs on both shows that
 * a fused op and its composite are one op. A backend that has a kernel for primitives alone is tested so, too.
 *
 * @param backend Where the primitives run.
 * @example
 * ```ts
 * import { cpu, linear, tensor } from "@dlcc/tensor";
 * import { recording, withoutFused } from "@dlcc/testing";
 *
 * const log = recording(cpu);
 * const backend = withoutFused(log);
 * const [x, weight] = [tensor([[1, 2]], { backend }), tensor([[3, 4]], { backend })];
 * console.log(await linear(x, weight).array()); // → [ [ 11 ] ]
 * console.log(log.dump()); // → matmul(float32 [1,2], float32 [2,1])
 * ```
 */
export function withoutFused(backend: Backend): Backend {
  const wrapped = wrap(backend, ({ inputs }, run) => run(inputs));
  return {
    ...wrapped,
    name: `unfused ${backend.name}`,
    composites,
    kernel: (op) => (op.name in composites ? undefined : backend.kernel(op)),
  };
}
