import type { Parameter } from "@dlcc/tensor";
import type { Model } from "./contracts.ts";

/** The parameters of a model, with their names: the paths from this model, if it has paths; else what each is called. */
export function namesOf(model: Model): Map<Parameter, string> {
  const paths = new Map(Array.from(model.namedParameters?.() ?? [], ([path, parameter]) => [parameter, path]));
  return new Map(Array.from(model.parameters(), (parameter) => [parameter, paths.get(parameter) ?? parameter.name]));
}
