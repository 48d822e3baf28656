/** One network and its run: a loop over a stepper, as `fit` is, that can be paused anywhere. */
import { type Minibatch, minibatches, prepareDigit } from "@dlcc/data";
import {
  asInput,
  buildDenseNetwork,
  buildOptimizer,
  type EmbeddedDigits,
  type Experiment,
  type LoadedModel,
  losses,
  networkOptions,
  type OpenedBackend,
  type OutputKind,
  pick,
  scores,
  valueFor,
} from "@dlcc/experiment";
import { callLayer, countParameters, type Layer, Linear, type Module, Sequential } from "@dlcc/layers";
import { type Optimizer, sgd } from "@dlcc/optim";
import { keep, norm, slice, type Tensor, tensor, tidy, unrecorded } from "@dlcc/tensor";
import { accuracy, createStepper, type Gradients, type Stepper } from "@dlcc/train";
import { RunHistory } from "../history.ts";
import type { Drawing, Judged, Progress, Reading } from "../messages.ts";
import { judge } from "./judge.ts";
import type { Kept } from "./kept.ts";
import { restore, type Snapshot, takeSnapshot } from "./snapshot.ts";

/** How many units of the first layer are shown. */
const shown = 32;
/** Teaching: at most so many small steps on the drawn digit. */
const lessons = { steps: 20, lr: 0.02, sure: 0.9 } as const;

/** What the numbers are that a layer gives: weighted sums, what an activation makes of them, or those that go on. */
function nameOf(layer: Layer | undefined): string {
  if (layer instanceof Linear) return "weighted sums";
  return typeof layer === "function" && "label" in layer ? `units, after ${layer.label}` : "units";
}

/** How to make a session. */
interface SessionOptions {
  /** The model that it begins with, if it is not a new one. */
  readonly loaded?: LoadedModel | undefined;
  /** Whether the browser keeps the run over a reload. */
  readonly keeps: boolean;
}

export class Session {
  opened: OpenedBackend;
  readonly experiment: Experiment;
  readonly digits: EmbeddedDigits;
  readonly model: Module;
  readonly stepsPerEpoch: number;
  readonly outputs: OutputKind;
  readonly loss: string;
  readonly input: LoadedModel["input"];
  readonly #optimizer: Optimizer;
  #batches: IterableIterator<Minibatch> | undefined;
  readonly #stepper: Stepper<"accuracy">;
  #losses: number[] = [];
  #accuracies: number[] = [];
  #gradients: readonly number[] = [];
  #snapshot: Snapshot | undefined;
  /** Whether the run is kept over a reload: not one of the user's own digits or model, which a reload takes away. */
  readonly #keeps: boolean;
  #kept: Kept | undefined;
  #history = new RunHistory();
  /** How often it went to another backend. */
  moves = 0;
  #since: number = performance.now();
  #seen = 0;
  epoch = 1;
  steps = 0;

  private constructor(
    opened: OpenedBackend,
    experiment: Experiment,
    digits: EmbeddedDigits,
    model: Module,
    { loaded, keeps }: SessionOptions,
  ) {
    this.opened = opened;
    this.experiment = experiment;
    this.digits = digits;
    this.model = model;
    this.loss = loaded?.loss ?? experiment.loss;
    this.outputs = pick(losses, this.loss).outputs;
    this.input = loaded?.input ?? { shape: [784], range: [0, 1] };
    this.stepsPerEpoch = Math.ceil((digits.train.images.shape[0] ?? 0) / experiment.batchSize);
    const steps = this.stepsPerEpoch * experiment.epochs;
    this.#optimizer = buildOptimizer(model as Sequential, { ...experiment, steps });
    this.#keeps = keeps;
    const loss = valueFor(losses, this.loss);
    this.#stepper = createStepper({ model, loss, optimizer: this.#optimizer, metrics: { accuracy } });
  }

  /** A new network, or one from a file. */
  static async create(
    opened: OpenedBackend,
    experiment: Experiment,
    digits: EmbeddedDigits,
    options: SessionOptions,
  ): Promise<Session> {
    const model = await (options.loaded?.model ?? buildDenseNetwork(networkOptions(experiment))).to(opened.backend);
    const session = new Session(opened, experiment, digits, model, options);
    await session.protect();
    return session;
  }

  /** Goes on with the run of this experiment that the browser has kept. @returns What it has shown; undefined without one. */
  async resume(): Promise<RunHistory | undefined> {
    const place = await (await this.#keeper())?.load();
    if (!place) return undefined;
    this.steps = place.steps;
    this.epoch = place.epoch;
    this.#history = new RunHistory(place.history);
    await this.protect();
    return this.#history;
  }

  get parameters(): number {
    return countParameters(this.model);
  }

  get finished(): boolean {
    return this.epoch > this.experiment.epochs;
  }

  /**
   * Learns from one minibatch.
   *
   * @param measure Whether to read its figures at once, and the norms of its gradients.
   * @returns Whether an epoch has come to its end.
   */
  async step(measure: boolean): Promise<boolean> {
    this.#batches ??= await this.#beginEpoch();
    const next = this.#batches.next();
    if (next.done) return this.#endEpoch();
    this.model.train();
    const { x: pixels, y } = next.value;
    const x = asInput(pixels, this.input);
    let norms: Tensor[] = [];
    const gradients = (found: Gradients): void => {
      norms = this.#norms(found);
    };
    this.#stepper.step({ x, y }, measure ? { gradients } : undefined);
    x.dispose();
    this.#seen += y.shape[0] ?? 0;
    this.steps++;
    if (measure || this.#stepper.readDue) await this.#read();
    if (norms.length > 0) {
      this.#gradients = await Promise.all(norms.map((n) => n.item()));
      for (const n of norms) n.dispose();
    }
    if (this.steps % this.stepsPerEpoch === 0) return this.#endEpoch();
    return false;
  }

  /** Copies what was learned to where a device that is lost can't take it. */
  async protect(): Promise<void> {
    if (this.opened.canBeLost) this.#snapshot = await takeSnapshot(this, this.model, this.#optimizer);
  }

  /** Keeps the run where neither a lost device nor a reload can take it. What was asked for with `progress` is shown. */
  async keep(): Promise<void> {
    await this.protect();
    const { steps, epoch } = this;
    const history = this.#history.state();
    await (await this.#keeper())?.save({ steps, epoch, history });
  }

  /** What keeps it over a reload. */
  async #keeper(): Promise<Kept | undefined> {
    if (!this.#keeps) return undefined;
    const { keepRun } = await import("./kept.ts");
    this.#kept ??= keepRun(this.experiment, this.model, this.#optimizer);
    return this.#kept;
  }

  /** Takes the network from plain TypeScript, where it was made, to the backend that is to compute. */
  async settle(opened: OpenedBackend): Promise<void> {
    await this.model.to(opened.backend);
    this.opened = opened;
    await this.protect();
  }

  /** Goes on where it was kept last, on another backend: the one that it was on is lost. */
  async moveTo(opened: OpenedBackend): Promise<void> {
    if (!this.#snapshot) throw new Error("The network was lost with the graphics card. Start over.");
    this.moves++;
    this.#stepper.discard();
    // A graphics card that was lost has nothing to give back.
    void this.opened.dispose().catch(() => {});
    this.opened = opened;
    await restore(this.#snapshot, this.model, this.#optimizer, opened.backend);
    this.steps = this.#snapshot.steps;
    this.epoch = this.#snapshot.epoch;
    this.#batches = undefined;
    this.#losses = [];
    this.#accuracies = [];
    this.#history.cutAfter(this.steps);
    this.resetClock();
  }

  async #beginEpoch(): Promise<IterableIterator<Minibatch>> {
    const { epoch, experiment, opened } = this;
    const { batchSize: size, seed, augment } = experiment;
    const { images, labels } = this.digits.train;
    const options = { size, seed, epoch };
    // Distortions compute where the digits are, and their results go to the device.
    const order = minibatches(
      images,
      labels,
      augment === undefined ? { ...options, backend: opened.backend } : options,
    );
    // A run that was put back goes on in the midst of an epoch.
    const done = (this.steps % this.stepsPerEpoch) * size;
    if (done > 0) order.loadState({ ...order.state(), done });
    if (augment === undefined) return order;
    return (await import("./augmentation.ts")).distorted(order, experiment, epoch, opened.backend);
  }

  async #endEpoch(): Promise<true> {
    await this.#read();
    this.#batches?.next();
    this.#batches = undefined;
    this.epoch++;
    return true;
  }

  #norms(gradients: Gradients): Tensor[] {
    return this.model.parameters().flatMap((parameter) => {
      const gradient = parameter.name.endsWith("weight") ? gradients.get(parameter) : undefined;
      return gradient ? [unrecorded(() => keep(norm(gradient)))] : [];
    });
  }

  async #read(): Promise<void> {
    const { steps } = this;
    const read = await this.#stepper.read();
    for (const [i, { loss, metrics }] of read.entries()) {
      this.#losses.push(loss);
      this.#accuracies.push(metrics.accuracy);
      if (!Number.isFinite(loss)) {
        throw new Error(
          `The loss became ${loss} at step ${steps - read.length + i + 1}: the steps are too large. Try a smaller learning rate.`,
        );
      }
    }
  }

  /** The curve since it was asked for last. */
  async progress(): Promise<Progress> {
    await this.#read();
    const seconds = (performance.now() - this.#since) / 1000;
    const progress = {
      step: this.steps,
      epoch: Math.min(this.epoch, this.experiment.epochs),
      losses: Float32Array.from(this.#losses),
      accuracies: Float32Array.from(this.#accuracies),
      examplesPerSecond: this.#seen / seconds,
      gradients: this.#gradients,
    };
    this.resetClock();
    this.#losses = [];
    this.#accuracies = [];
    this.#history.follow(progress);
    return progress;
  }

  /** Time that was not spent on training does not count. */
  resetClock(): void {
    this.#since = performance.now();
    this.#seen = 0;
  }

  async judge(yieldToMessages: () => Promise<void>): Promise<Judged> {
    const { model, outputs, opened } = this;
    const loss = valueFor(losses, this.loss);
    const { steps: step } = this;
    const judged = await judge(this.digits.test, { model, loss, outputs, backend: opened.backend, yieldToMessages });
    this.#history.judge({ ...judged, step });
    return { ...judged, step };
  }

  /** What the first layer's units look for: their weights as images. */
  async weights(): Promise<Float32Array> {
    const first = this.model.parameters().find(({ name }) => name.endsWith("weight"));
    if (!first) return new Float32Array();
    const value = first.peek();
    const part = tidy(() => slice(value, [0, Math.min(shown, value.shape[0] ?? 0)]));
    const data = (await part.data()) as Float32Array;
    part.dispose();
    return data;
  }

  /** Reads a drawing, layer by layer. */
  async read(drawing: Drawing): Promise<Reading> {
    this.model.eval();
    const x = prepareDigit(drawing, { backend: this.opened.backend });
    const stack = this.model instanceof Sequential ? this.model.layers : [this.model];
    const made = unrecorded(() =>
      tidy(() => {
        let value = asInput(x, this.input);
        const values = stack.map((layer) => {
          value = callLayer(layer, value);
          return value;
        });
        return { values, scores: scores(value, this.outputs) };
      }),
    );
    const pixels = (await x.data()) as Float32Array;
    const found = [...(await made.scores.data())];
    const layers: { name: string; values: Float32Array }[] = [];
    for (const [i, value] of made.values.entries()) {
      // The last layer is what the bars show.
      if (i < made.values.length - 1) {
        const name = `${value.shape[1]} ${nameOf(stack[i])}`;
        layers.push({ name, values: (await value.data()) as Float32Array });
      }
      value.dispose();
    }
    made.scores.dispose();
    x.dispose();
    return { pixels, scores: found, guess: found.indexOf(Math.max(...found)), layers };
  }

  /** Learns from a drawing: a few small steps, until it is sure. */
  async teach(drawing: Drawing, label: number): Promise<Reading> {
    const { backend } = this.opened;
    const optimizer = sgd(this.model.parameters(), { lr: lessons.lr });
    const model = {
      forward: (x: Tensor) => this.model.forward(asInput(x, this.input)),
      parameters: () => this.model.parameters(),
    };
    const stepper = createStepper({ model, loss: valueFor(losses, this.loss), optimizer });
    const x = prepareDigit(drawing, { backend });
    const y = tensor([label], { dtype: "int32", backend });
    let reading = await this.read(drawing);
    for (
      let i = 0;
      i < lessons.steps && (reading.guess !== label || (reading.scores[label] ?? 0) < lessons.sure);
      i++
    ) {
      stepper.step({ x, y });
      stepper.discard();
      reading = await this.read(drawing);
    }
    x.dispose();
    y.dispose();
    return reading;
  }

  dispose(): void {
    this.#stepper.discard();
    this.#batches?.return?.();
    this.model.dispose();
    this.#optimizer.dispose();
    // A graphics card that was lost has nothing to give back.
    void this.opened.dispose().catch(() => {});
  }
}
