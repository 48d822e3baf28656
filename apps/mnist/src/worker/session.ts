/** One network and its run: a loop over a stepper, as `fit` is, that can be paused anywhere. */
import { type Minibatch, minibatches } from "@dlcc/data";
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
import { countParameters, type Module, type Sequential } from "@dlcc/layers";
import type { Optimizer } from "@dlcc/optim";
import { keep, norm, slice, type Tensor, tensor, tidy, unrecorded } from "@dlcc/tensor";
import { accuracy, createStepper, type Gradients, type Stepper } from "@dlcc/train";
import { type GradientNorms, isMeasured, RunHistory } from "../history.ts";
import type { Glance, Judged, Progress } from "../messages.ts";
import { insideOf } from "./inside.ts";
import { digitsWith, type Guesses, judge } from "./judge.ts";
import type { Kept } from "./kept.ts";
import { restore, type Snapshot, takeSnapshot } from "./snapshot.ts";

/** How many units of the first layer are shown. */
const shown = 32;
/** So many numbers are the pixels of a digit, and so many classes there are. */
const [pixelsOf, classes] = [784, 10];
/** In a shorter time than this, in seconds, no speed can be measured. */
const shortest = 0.02;

/** How to make a session. */
interface SessionOptions {
  /** The model that it begins with, if it is not a new one. */
  readonly loaded?: LoadedModel | undefined;
  /** Whether the browser keeps the run over a reload. */
  readonly keeps: boolean;
}

/** A new network. One of dense layers has all that it needs in the first script. */
const build = async (experiment: Experiment): Promise<Sequential> =>
  experiment.layers === undefined
    ? buildDenseNetwork(networkOptions(experiment))
    : (await import("./later.ts")).buildNetwork(networkOptions(experiment));

export class Session {
  opened: OpenedBackend;
  experiment: Experiment;
  readonly digits: EmbeddedDigits;
  readonly model: Module;
  readonly stepsPerEpoch: number;
  readonly outputs: OutputKind;
  readonly loss: string;
  readonly input: LoadedModel["input"];
  #optimizer: Optimizer;
  #batches: IterableIterator<Minibatch> | undefined;
  #stepper: Stepper<"accuracy">;
  #losses: number[] = [];
  #accuracies: number[] = [];
  #gradients: GradientNorms[] = [];
  #guesses: Guesses | undefined;
  /** The step at which the loss was no number any more, and what it was. */
  diverged: { readonly step: number; readonly loss: number } | undefined;
  #snapshot: Snapshot | undefined;
  /** The network as it was before its lessons. */
  #untaught: Snapshot | undefined;
  /** Whether the run is kept over a reload: not one of the user's own digits or model, which a reload takes away. */
  readonly #keeps: boolean;
  #kept: Kept | undefined;
  #history = new RunHistory();
  /** The rows of the strip's digits. */
  #strip: readonly number[] | undefined;
  /** How often it went to another backend. */
  moves = 0;
  #since: number = performance.now();
  #seen = 0;
  #rate: number | undefined;
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
    this.input = loaded?.input ?? { shape: experiment.layers === undefined ? [784] : [1, 28, 28], range: [0, 1] };
    this.stepsPerEpoch = Math.ceil((digits.train.images.shape[0] ?? 0) / experiment.batchSize);
    this.#keeps = keeps;
    this.#optimizer = this.#makeOptimizer();
    this.#stepper = this.#makeStepper();
  }

  #makeOptimizer(): Optimizer {
    const steps = this.stepsPerEpoch * this.experiment.epochs;
    return buildOptimizer(this.model as Sequential, { ...this.experiment, steps });
  }

  #makeStepper(): Stepper<"accuracy"> {
    const loss = valueFor(losses, this.loss);
    return createStepper({ model: this.model, loss, optimizer: this.#optimizer, metrics: { accuracy } });
  }

  /** Gives the run another number of epochs. A schedule ends with them: from here on it is that of the longer run. */
  async extend(epochs: number): Promise<void> {
    await this.#read();
    this.experiment = { ...this.experiment, epochs };
    const before = this.#optimizer;
    this.#optimizer = this.#makeOptimizer();
    await this.#optimizer.loadStateDict(before.stateDict());
    before.dispose();
    this.#stepper = this.#makeStepper();
    this.#kept = undefined;
    if (this.steps > 0) await this.keep();
  }

  /** A new network, or one from a file. */
  static async create(
    opened: OpenedBackend,
    experiment: Experiment,
    digits: EmbeddedDigits,
    options: SessionOptions,
  ): Promise<Session> {
    const model = await (options.loaded?.model ?? (await build(experiment))).to(opened.backend);
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

  /** Whether its layers take the digits as images, and not as rows of pixels. */
  get readsImages(): boolean {
    return this.input.shape.length > 1;
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
   * @returns Whether an epoch has come to its end.
   */
  async step(): Promise<boolean> {
    this.#batches ??= await this.#beginEpoch();
    const next = this.#batches.next();
    if (next.done) return this.#endEpoch();
    this.model.train();
    const { x: pixels, y } = next.value;
    const x = asInput(pixels, this.input);
    const measure = isMeasured(this.steps + 1);
    let norms: Tensor[] = [];
    const gradients = (found: Gradients): void => {
      norms = this.#norms(found);
    };
    this.#stepper.step({ x, y }, measure ? { gradients } : undefined);
    x.dispose();
    this.#seen += y.shape[0] ?? 0;
    this.steps++;
    if (this.#stepper.readDue) await this.#read();
    if (norms.length > 0) {
      this.#gradients.push({ step: this.steps, norms: await Promise.all(norms.map((n) => n.item())) });
      for (const n of norms) n.dispose();
    }
    if (this.steps % this.stepsPerEpoch === 0) return this.#endEpoch();
    return false;
  }

  /** Copies what was learned to where a device that is lost can't take it. */
  async protect(): Promise<void> {
    if (this.opened.canBeLost) this.#snapshot = await takeSnapshot(this, this.model, this.#optimizer);
  }

  /** Notes what the network is before a lesson. */
  async beginLesson(): Promise<void> {
    if (this.#untaught?.steps === this.steps) return; // It has had one since the last step.
    this.#untaught = await takeSnapshot(this, this.model, this.#optimizer);
  }

  /** Takes back the lessons since the last step. @returns Whether there was one. */
  async takeLessonsBack(): Promise<boolean> {
    const before = this.#untaught;
    this.#untaught = undefined;
    if (before?.steps !== this.steps) return false;
    await restore(before, this.model, this.#optimizer, this.opened.backend);
    return true;
  }

  /** Keeps the run where neither a lost device nor a reload can take it. What was asked for with `progress` is shown. */
  async keep(): Promise<void> {
    if (this.diverged) return;
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
    this.#gradients = [];
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
      // Those of a normalization have one axis.
      const isWeight = parameter.name.endsWith("weight") && parameter.peek().rank > 1;
      const gradient = isWeight ? gradients.get(parameter) : undefined;
      return gradient ? [unrecorded(() => keep(norm(gradient)))] : [];
    });
  }

  async #read(): Promise<void> {
    const { steps } = this;
    const read = await this.#stepper.read();
    for (const [i, { loss, metrics }] of read.entries()) {
      if (!Number.isFinite(loss)) this.diverged ??= { step: steps - read.length + i + 1, loss };
      if (this.diverged) return;
      this.#losses.push(loss);
      this.#accuracies.push(metrics.accuracy);
    }
  }

  /** The curve since it was asked for last. */
  async progress(): Promise<Progress> {
    await this.#read();
    const seconds = (performance.now() - this.#since) / 1000;
    // Right after the clock was set there is nothing to measure: the rate before that stays.
    if (this.#seen > 0 && seconds > shortest) this.#rate = this.#seen / seconds;
    const progress = {
      step: this.steps,
      epoch: Math.min(this.epoch, this.experiment.epochs),
      losses: Float32Array.from(this.#losses),
      accuracies: Float32Array.from(this.#accuracies),
      examplesPerSecond: this.#rate,
      gradients: this.#gradients,
    };
    this.resetClock();
    this.#losses = [];
    this.#accuracies = [];
    this.#gradients = [];
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
    const options = { model, loss, outputs, input: this.input, backend: opened.backend, yieldToMessages };
    const { guesses, ...judged } = await judge(this.digits.test, options);
    this.#guesses = guesses;
    this.#history.judge({ ...judged, step });
    return { ...judged, step };
  }

  /** The first validation digits of a cell of the confusion matrix. */
  async cell(label: number, guess: number): Promise<readonly Float32Array[]> {
    return this.#guesses ? digitsWith(this.digits.test, this.#guesses, label, guess) : [];
  }

  /** The first validation digit of each class: the strip. */
  async strip(): Promise<{ readonly images: Float32Array; readonly labels: readonly number[] }> {
    const { images, labels } = this.digits.test;
    const [pixels, truth] = [(await images.data()) as Float32Array, await labels.data()];
    this.#strip ??= Array.from({ length: classes }, (_, digit) => truth.indexOf(digit)).filter((row) => row >= 0);
    const found = new Float32Array(this.#strip.length * pixelsOf);
    for (const [i, row] of this.#strip.entries()) {
      found.set(pixels.subarray(row * pixelsOf, (row + 1) * pixelsOf), i * pixelsOf);
    }
    return { images: found, labels: this.#strip.map((row) => truth[row] as number) };
  }

  /** How the network reads the strip now, and its inside for one of these digits. */
  async glance(at: number): Promise<Glance> {
    this.model.eval();
    const { images, labels } = await this.strip();
    const x = tensor(images, { shape: [labels.length, pixelsOf], backend: this.opened.backend });
    const made = unrecorded(() => tidy(() => scores(this.model.forward(asInput(x, this.input)), this.outputs)));
    const found = await made.data();
    const one = tidy(() => slice(x, [at, at + 1]));
    const look = this.readsImages ? (await import("./later.ts")).insideOfImages : insideOf;
    const inside = await look(this.model, one, this);
    for (const part of [made, one, x]) part.dispose();
    const guesses = labels.map((_, i) => {
      const of = [...found.subarray(i * classes, (i + 1) * classes)];
      const score = Math.max(...of);
      return { guess: of.indexOf(score), score };
    });
    return { step: this.steps, at, guesses, ...inside };
  }

  /** What the first layer's units look for: their weights as images. Those of a convolution are its kernels. */
  async weights(): Promise<{ readonly images: Float32Array; readonly count: number }> {
    const first = this.model.parameters().find(({ name }) => name.endsWith("weight"));
    const value = first?.peek();
    const count = Math.min(shown, value?.shape[0] ?? 0);
    // What is no square is no image.
    if (!value || !Number.isInteger(Math.sqrt(value.size / (value.shape[0] ?? 1)))) {
      return { images: new Float32Array(), count: 0 };
    }
    const part = tidy(() => slice(value, [0, count]));
    const images = (await part.data()) as Float32Array;
    part.dispose();
    return { images, count };
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
