/** What optimizers remember of each parameter between steps. */
import { Parameter, tidy, zerosLike } from "@dlcc/tensor";

/** The state of parameters, by slot. */
export type Memories = Map<Parameter, Map<string, Parameter>>;

/** The first state of those parameters that are wanted: zeros. If there is no room for all, none are left. */
export function freshMemories(
  groups: readonly { readonly parameters: readonly Parameter[]; readonly slots: readonly string[] }[],
  isWanted: (parameter: Parameter, slots: readonly string[]) => boolean,
): Memories {
  const fresh: Memories = new Map();
  try {
    for (const { parameters, slots } of groups) {
      for (const parameter of parameters) {
        if (!isWanted(parameter, slots)) continue;
        const memory = new Map<string, Parameter>();
        fresh.set(parameter, memory);
        for (const slot of slots)
          memory.set(
            slot,
            tidy(() => new Parameter(slot, zerosLike(parameter.peek()))),
          );
      }
    }
  } catch (error) {
    free(fresh);
    throw error;
  }
  return fresh;
}

/** Frees states. */
export function free(memories: Memories): void {
  for (const memory of memories.values()) for (const cell of memory.values()) cell.peek().dispose();
}
