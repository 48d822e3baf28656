/** Before the first step: do all ranks train the same model? And they begin with the values of rank 0. */
import { isFloat, type Parameter, sizeOf, type TypedArray, tensor, tidy } from "@dlcc/tensor";
import { MpiError } from "./error.ts";
import type { Values, World } from "./world.ts";

/** What is trained, in lines that can be compared. */
const linesOf = (name: string, steps: number | undefined, parameters: readonly Parameter[]): string[] => [
  `the optimizer ${name}${steps === undefined ? "" : ` after ${steps} steps`}`,
  ...parameters.map((parameter) => {
    const { shape, dtype } = parameter.peek();
    return `${parameter.name} ${dtype} [${shape}]${parameter.frozen ? " frozen" : ""}`;
  }),
];

/** All ranks' texts, on all of them. */
export function allTexts(world: World, text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  const lengths = world.allGather(new Int32Array([bytes.length])).map(([length = 0]) => length);
  const padded = new Uint8Array(Math.max(...lengths));
  padded.set(bytes);
  return world.allGather(padded).map((all, rank) => new TextDecoder().decode(all.subarray(0, lengths[rank])));
}

/**
 * Throws, on all ranks alike, if one trains something else.
 *
 * @throws {MpiError} that names the rank, and the first difference.
 */
export function assertSameModel(
  world: World,
  name: string,
  steps: number | undefined,
  parameters: readonly Parameter[],
): void {
  const all = allTexts(world, linesOf(name, steps, parameters).join("\n")).map((text) => text.split("\n"));
  const [first = []] = all;
  for (const [rank, lines] of all.entries()) {
    const length = Math.max(first.length, lines.length);
    const at = Array.from({ length }, (_, i) => i).find((i) => lines[i] !== first[i]);
    if (at === undefined) continue;
    throw new MpiError(
      `distributed: all ranks must train the same model, got ${first[at] ?? "nothing more"} on rank 0, and ${lines[at] ?? "nothing more"} on rank ${rank}`,
    );
  }
}

/** All ranks get the values of rank 0. */
export function broadcastValues(world: World, parameters: readonly Parameter[]): void {
  for (const parameter of parameters) {
    const { shape, dtype, backend } = parameter.peek();
    if (!isFloat(dtype) || sizeOf(shape) === 0) continue;
    const data: TypedArray = parameter.peek().dataSync();
    world.broadcast(data as Values);
    if (world.rank === 0) continue;
    tidy(() => {
      parameter.value = tensor(data, { shape, dtype, backend });
    });
  }
}
