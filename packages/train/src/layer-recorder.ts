import {
  type FusedActivation,
  fusedActivations,
  type Parameter,
  type Recorder,
  retain,
  type Step,
  type Tensor,
} from "@dlcc/tensor";

const activationNamed = (name: unknown): FusedActivation | undefined =>
  fusedActivations.find((activation) => activation === name);

/** A layer that ran: weights, perhaps biases, perhaps an activation. */
export interface SeenLayer {
  /** The path of its parameters, such as `layers.0`. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly activation: FusedActivation | undefined;
  /** What came out; a reference that `release` of the recorder gives back. */
  readonly outputs: Tensor;
}

/** Ops that belong to the layer whose outputs they take: a bias, and another shape of the same. */
const sameLayer: ReadonlySet<string> = new Set(["add", "reshape"]);

/**
 * Finds the layers among the ops of a forward pass: one begins where a weight goes in, a parameter of rank 2 or more, and
 * it takes in the bias and the activation that follow. A weight that is used twice makes two layers.
 */
export class LayerRecorder implements Recorder {
  readonly #names: ReadonlyMap<Parameter, string>;
  readonly #byId: ReadonlyMap<number, Parameter>;
  readonly #layers: SeenLayer[] = [];
  /** What the first layer takes. */
  #inputs: Tensor | undefined;

  constructor(names: ReadonlyMap<Parameter, string>) {
    this.#names = names;
    this.#byId = new Map(Array.from(names.keys(), (parameter) => [parameter.peek().id, parameter]));
  }

  /** What the first layer takes; a reference that `release` gives back. */
  get inputs(): Tensor | undefined {
    return this.#inputs;
  }

  /** In the order in which they ran. */
  get layers(): readonly SeenLayer[] {
    return this.#layers;
  }

  record({ op, attributes, inputs, outputs: [output] }: Step): void {
    if (!output) return;
    const ids = inputs.flatMap((input) => (typeof input === "number" ? [] : [input.id]));
    const parameters = ids.flatMap((id) => this.#byId.get(id) ?? []);
    const weight = parameters.find((parameter) => parameter.peek().rank > 1);
    if (weight) {
      const from = inputs.find((input) => typeof input !== "number" && !this.#byId.has(input.id));
      if (from !== undefined && typeof from !== "number") this.#inputs ??= retain(from);
      const activation = activationNamed("activation" in attributes ? attributes.activation : undefined);
      const name = layerOf(this.#names.get(weight) ?? weight.name);
      this.#layers.push({ name, parameters, activation, outputs: retain(output) });
      return;
    }
    const last = this.#layers.at(-1);
    const activation = activationNamed(op.name);
    if (!last || last.activation || !ids.includes(last.outputs.id)) return;
    if (!activation && !sameLayer.has(op.name)) return;
    last.outputs.dispose();
    this.#layers[this.#layers.length - 1] = {
      ...last,
      parameters: [...last.parameters, ...parameters],
      activation,
      outputs: retain(output),
    };
  }

  release(): void {
    this.#inputs?.dispose();
    this.#inputs = undefined;
    for (const { outputs } of this.#layers) outputs.dispose();
    this.#layers.length = 0;
  }
}

/** `layers.0` of `layers.0.weight`; a parameter without a path is a layer of its own. */
function layerOf(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot < 0 ? path : path.slice(0, dot);
}
