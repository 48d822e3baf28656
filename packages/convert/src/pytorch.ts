/**
 * PyTorch's names. Weights have the same shapes in both, so a state_dict differs in names alone: a `Sequential` has its layers
 * under `layers` here and under their numbers there, the running statistics have two names, and a dropout has its place in
 * its random stream here.
 */
import { BatchNorm, Dropout, type Module, Sequential } from "@dlcc/layers";
import { ArgumentError, type Parameter, quoted, type Tensor } from "@dlcc/tensor";

/** What PyTorch counts and dlcc does not. */
const counter = "num_batches_tracked";

/** All parameters and buffers of a module by path. */
const cellsOf = (module: Module): [path: string, cell: Parameter][] => [
  ...module.namedParameters(),
  ...module.namedBuffers(),
];

/** PyTorch's name of each of a model's parameters and buffers, by path; undefined for what it doesn't save. */
function namesOf(model: Module): Map<string, string | undefined> {
  const modules = model.modules();
  const unsaved = new Set<Parameter>(modules.flatMap((module) => (module instanceof Dropout ? module.buffers() : [])));
  const own = new Map<Parameter, string>(
    modules.flatMap((module) =>
      module instanceof BatchNorm
        ? [
            [module.runningMean, "running_mean"],
            [module.runningVariance, "running_var"],
          ]
        : [],
    ),
  );
  /** For each cell, its paths from the `Sequential`s around it, which begin with `layers`. */
  const inside = new Map<Parameter, string[]>();
  for (const module of modules) {
    if (!(module instanceof Sequential)) continue;
    for (const [path, cell] of cellsOf(module)) inside.set(cell, [...(inside.get(cell) ?? []), path]);
  }
  return new Map(
    cellsOf(model).map(([path, cell]) => {
      if (unsaved.has(cell)) return [path, undefined];
      const parts = path.split(".");
      const dropped = new Set(
        (inside.get(cell) ?? []).flatMap((end) => (path.endsWith(end) ? [parts.length - end.split(".").length] : [])),
      );
      const name = own.get(cell);
      const kept = name === undefined ? parts : [...parts.slice(0, -1), name];
      return [path, kept.filter((_, i) => !dropped.has(i)).join(".")];
    }),
  );
}

/**
 * A PyTorch `state_dict` under dlcc's names, for `model.loadStateDict`. The model must be the same network: `nn.Sequential`
 * as `Sequential`, a class of yours with the same names for its parts. Shapes are the same in both.
 *
 * In Python, `safetensors.torch.save_file(model.state_dict(), "model.safetensors")` writes the file that `@dlcc/io` loads.
 * `num_batches_tracked` is left out; what PyTorch doesn't save, such as a dropout's random stream, stays as it is.
 *
 * @param model What the state is for. It is not changed.
 * @param state Tensors by PyTorch's names.
 * @returns The same tensors by the model's names.
 * @throws {ArgumentError} naming the names that are missing, and those that the model doesn't have.
 * @example
 * ```ts
 * import { fromPyTorch } from "@dlcc/convert";
 * import { Linear, relu, Sequential } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 *
 * const tensors = { "0.weight": tensor([[1, 2]]), "0.bias": tensor([3]) }; // (await load("model.safetensors")).tensors
 * const model = new Sequential([new Linear(2, 1), relu]);
 * model.loadStateDict(fromPyTorch(model, tensors));
 * console.log(await model.forward(tensor([[10, 100]])).array()); // → [ [ 213 ] ]
 * ```
 */
export function fromPyTorch(model: Module, state: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const own = model.stateDict();
  const names = namesOf(model);
  const known = new Set(names.values());
  const missing = [...known].filter((name) => name !== undefined && !Object.hasOwn(state, name));
  const surplus = Object.keys(state).filter((name) => !known.has(name) && name.split(".").at(-1) !== counter);
  if (missing.length + surplus.length > 0) {
    const listed = (what: string, list: readonly (string | undefined)[]): string[] =>
      list.length === 0
        ? []
        : [`${what} ${list.slice(0, most).map(quoted).join(", ")}${list.length > most ? ", …" : ""}`];
    throw new ArgumentError(
      `fromPyTorch: the names must be those of the model, got ${[...listed("none for", missing), ...listed("surplus ones", surplus)].join(", and ")}: the layers must be the same, in the same order`,
    );
  }
  return Object.fromEntries(
    [...names].map(([path, name]) => [path, (name === undefined ? own[path] : state[name]) as Tensor]),
  );
}

/** The most names that an error lists. */
const most = 10;

/**
 * A model's state under PyTorch's names: what `model.load_state_dict(load_file("model.safetensors"))` takes there, strictly.
 *
 * @param model What PyTorch has layers for. `Perceptron` has none: its names stay as they are.
 * @returns The same tensors by PyTorch's names.
 * @example
 * ```ts
 * import { toPyTorch } from "@dlcc/convert";
 * import { BatchNorm1d, Dropout, Linear, Sequential } from "@dlcc/layers";
 *
 * const model = new Sequential([new Linear(2, 3), new BatchNorm1d(3), new Dropout(0.2)]);
 * console.log(Object.keys(toPyTorch(model)).join(" "));
 * // → 0.weight 0.bias 1.weight 1.bias 1.running_mean 1.running_var
 * ```
 */
export function toPyTorch(model: Module): Record<string, Tensor> {
  const own = model.stateDict();
  return Object.fromEntries(
    [...namesOf(model)].flatMap(([path, name]) => (name === undefined ? [] : [[name, own[path] as Tensor]])),
  );
}
