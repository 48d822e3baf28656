import type { Parameter } from "@dlcc/tensor";
import type { Model } from "./contracts.ts";

/** The parameters of a model, with their names: the paths from this model, if it has paths; else what each is called. */
export function namesOf(model: Model): Map<Parameter, string> {
  const paths = new Map(Array.from(model.namedParameters?.() ?? [], ([path, parameter]) => [parameter, path]));
  return new Map(Array.from(model.parameters(), (parameter) => [parameter, paths.get(parameter) ?? parameter.name]));
}

/**
 * All cells of a model by name: parameters and buffers, by their paths, if it has paths; else by what each is called and its
 * place, as two may be called the same.
 */
export function cellsOf(model: Model): Map<string, Parameter> {
  const named = (cells: Iterable<Parameter>, kind: string): [string, Parameter][] =>
    Array.from(cells, (cell, i) => [`${kind}.${i}.${cell.name}`, cell]);
  return new Map([
    ...(model.namedParameters?.() ?? named(model.parameters(), "parameters")),
    ...(model.namedBuffers?.() ?? named(model.buffers?.() ?? [], "buffers")),
  ]);
}
