/** What a run has learned so far, on the processor: where a graphics card that is lost can't take it. */
import type { Module } from "@dlcc/layers";
import type { Optimizer } from "@dlcc/optim";
import { type Backend, cpu, type Tensor } from "@dlcc/tensor";

type State = Readonly<Record<string, Tensor>>;

export interface Snapshot {
  readonly steps: number;
  readonly epoch: number;
  readonly model: State;
  readonly optimizer: State;
}

/** Copies values, and releases those that were copied. */
async function onCpu(state: State): Promise<State> {
  const copies: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(state)) {
    copies[name] = await value.to(cpu);
    if (copies[name] !== value) value.dispose();
  }
  return copies;
}

/** Copies weights and the optimizer's memory. */
export async function takeSnapshot(
  at: { readonly steps: number; readonly epoch: number },
  model: Module,
  optimizer: Optimizer,
): Promise<Snapshot> {
  const [weights, memory] = [model.stateDict(), optimizer.stateDict()];
  return { ...at, model: await onCpu(weights), optimizer: await onCpu(memory) };
}

/** Puts them onto a backend. Nothing is asked of the one before, which may be lost. */
export async function restore(
  snapshot: Snapshot,
  model: Module,
  optimizer: Optimizer,
  backend: Backend,
): Promise<void> {
  for (const [path, cell] of [...model.namedParameters(), ...model.namedBuffers()]) {
    const kept = snapshot.model[path];
    if (!kept) throw new Error(`The snapshot must have ${path}, got none.`);
    // What the host reads, such as a dropout's place in its stream, is on the processor and stays there.
    const there = cell.peek().backend === cpu ? kept : await kept.to(backend);
    cell.value = there;
    if (there !== kept) there.dispose();
  }
  await optimizer.loadStateDict(snapshot.optimizer);
}
