/** The output of a training run: lines and pictures for people, or one JSON object per line for programs. */
import { type Profile, printable } from "@dlcc/tensor";
import type { DivergenceWarning, EpochReport, LayerReport, Progress } from "@dlcc/train";
import pc from "picocolors";
import { isFirst, ranksTitle } from "../ranks.ts";
import { diagnosisTable, divergenceLines, warningLines } from "./diagnosis.ts";
import { decimals, label, percent, thousands, title, wrapped } from "./figures.ts";
import { ProgressBar } from "./progress.ts";

/** The facts before training. */
export interface Start {
  readonly dataset: string;
  readonly reason: string;
  readonly model: string;
  readonly parameters: number;
  readonly backend: string;
  readonly trainExamples: number;
  readonly validationExamples: number;
  readonly testExamples: number;
  /** More facts about the data, each with a short name. */
  readonly details?: Readonly<Record<string, string>>;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** The options of the run, in words. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** For programs: what was made of each column of a table, and what looks suspicious. */
  readonly columns?: readonly object[];
  readonly notes?: readonly string[];
}

/** The figure, besides the loss, for the network's quality. */
export interface Figure {
  /** Its name, such as `accuracy`; the fields of JSON end with it, as in `trainAccuracy`. */
  readonly name: string;
  /** The figure from the means of `fit`'s metrics. */
  readonly of: (metrics: Readonly<Record<string, number>>) => number;
  /** For people. */
  readonly show: (value: number) => string;
}

/** The share of examples whose class is right. */
export const accuracyFigure: Figure = {
  name: "accuracy",
  of: (metrics) => metrics.accuracy ?? Number.NaN,
  show: percent,
};

/** The facts at the end, for programs: the figures, and the file of the model. */
export interface Done {
  readonly out: string | null;
  readonly [fact: string]: unknown;
}

/** Receives the events of a run. */
export interface Reporter {
  start(start: Start): void;
  /** The run goes on from a checkpoint. */
  resume(place: { readonly epoch: number; readonly batch: number }, folder: string): void;
  progress(progress: Progress): void;
  epoch(report: EpochReport): void;
  /** Called before the report on its epoch. */
  diagnosis(report: LayerReport): void;
  /** The loss does not fall. */
  divergence(warning: DivergenceWarning): void;
  /** After the training. @param file Where the trace is, if it could be written. */
  profile(found: Profile, file: string | undefined): void;
  /** @param result The same in lines, for people. */
  done(done: Done, result: readonly string[], advice: readonly string[]): void;
  /** Something that does not end the run. */
  warning(message: string): void;
  /** The run ended early. */
  interrupted(message: string): void;
  /** Always called, last. */
  close(): void;
}

/** One JSON object per line on stdout, and nothing else. */
class JsonReporter implements Reporter {
  readonly #write: (line: string) => void;
  readonly #figure: Figure;

  constructor(write: (line: string) => void, figure: Figure) {
    this.#write = write;
    this.#figure = figure;
  }

  #emit(event: string, fields: object): void {
    this.#write(JSON.stringify({ event, ...fields }));
  }

  start(start: Start): void {
    const ranks = ranksTitle();
    this.#emit("start", ranks === undefined ? start : { ...start, ranks });
  }
  resume(place: { readonly epoch: number; readonly batch: number }, folder: string): void {
    this.#emit("resume", { ...place, folder });
  }
  progress(): void {}
  epoch({ epoch, loss, metrics, validation, seconds }: EpochReport): void {
    const { name, of } = this.#figure;
    const field = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    this.#emit("epoch", {
      epoch,
      trainLoss: loss,
      [`train${field}`]: of(metrics),
      validationLoss: validation?.loss ?? null,
      [`validation${field}`]: validation ? of(validation.metrics) : null,
      seconds,
    });
  }
  diagnosis(report: LayerReport): void {
    this.#emit("diagnosis", report);
  }
  divergence(warning: DivergenceWarning): void {
    this.#emit("divergence", warning);
  }
  profile({ ops, spans, milliseconds, waiting }: Profile, file: string | undefined): void {
    this.#emit("profile", { ops, spans, milliseconds, waiting, file: file ?? null });
  }
  done(done: Done): void {
    this.#emit("done", done);
  }
  warning(message: string): void {
    this.#emit("warning", { message });
  }
  interrupted(message: string): void {
    this.#emit("interrupted", { message });
  }
  close(): void {}
}

/** The width of a line of settings after its name, in 80 columns. */
const settingsColumns = 68;

/** The most epochs that are reported to people; of a longer run, only some are. */
const [mostEpochs, someEpochs] = [30, 15];

/** Lines on stdout; a progress bar on stderr during the run. */
class HumanReporter implements Reporter {
  readonly #write: (line: string) => void;
  readonly #figure: Figure;
  #bar: ProgressBar | undefined;
  #start: Start | undefined;
  #diagnosis: LayerReport | undefined;
  /** The kinds of earlier warnings. */
  readonly #warned: Set<string> = new Set();

  constructor(write: (line: string) => void, figure: Figure) {
    this.#write = write;
    this.#figure = figure;
  }

  /** Such as `accuracy 95.10 %`. */
  #shown(metrics: Readonly<Record<string, number>>, name: string = this.#figure.name): string {
    return `${name} ${this.#figure.show(this.#figure.of(metrics))}`;
  }

  start(start: Start): void {
    this.#start = start;
    const line = (name: string, text: string, aside?: string): void => this.#write(label(name, text, aside));
    this.#write(title(`dlcc: training ${start.model}`));
    line("data", start.dataset, start.reason);
    const validation = start.validationExamples > 0 ? `, ${thousands(start.validationExamples)} for validation` : "";
    line(
      "",
      `${thousands(start.trainExamples)} for training${validation}, ${thousands(start.testExamples)} for the test`,
    );
    for (const [name, text] of Object.entries(start.details ?? {})) {
      wrapped(text.split(" "), " ", settingsColumns).forEach((part, i) => {
        line(i === 0 ? name : "", part);
      });
    }
    line("network", `${start.model}, ${thousands(start.parameters)} parameters`);
    line("backend", start.backend);
    const ranks = ranksTitle();
    if (ranks !== undefined) line("ranks", ranks);
    const settings = Object.entries(start.settings).map(([name, value]) => `${name} ${value}`);
    wrapped(settings, " · ", settingsColumns).forEach((text, i) => {
      line(i === 0 ? "settings" : "", text);
    });
    this.#write("");
    this.#openBar();
  }

  #openBar(): void {
    if (this.#start) this.#bar = new ProgressBar(this.#start.epochs * this.#start.stepsPerEpoch);
  }

  resume({ epoch, batch }: { readonly epoch: number; readonly batch: number }, folder: string): void {
    const { stepsPerEpoch = 0, epochs = 0 } = this.#start ?? {};
    const begun = (epoch - 1) * stepsPerEpoch + batch;
    this.#bar?.close();
    const place = epoch > epochs ? "after the last epoch" : `in epoch ${epoch}, after ${thousands(begun)} steps`;
    this.#write(label("resumed", place, folder));
    this.#bar?.resume(begun);
  }

  progress({ epoch, batch, loss, metrics }: Progress): void {
    if (!this.#start) return;
    const { epochs, stepsPerEpoch } = this.#start;
    const done = (epoch - 1) * stepsPerEpoch + batch;
    this.#bar?.update({ epoch, epochs, done, loss, figure: this.#shown(metrics) });
  }

  epoch({ epoch, loss, metrics, validation, seconds }: EpochReport): void {
    const { epochs = 1 } = this.#start ?? {};
    const every = epochs > mostEpochs ? Math.ceil(epochs / someEpochs) : 1;
    if (epoch % every !== 0 && epoch !== epochs) return;
    this.#bar?.close();
    const validated = validation ? ` · ${this.#shown(validation.metrics, "validation")}` : "";
    const count = `epoch ${String(epoch).padStart(Math.max(2, String(epochs).length))}`;
    this.#write(
      `  ${pc.dim(count)}  loss ${decimals(loss)} · ${this.#shown(metrics)}${validated} ${pc.dim(`· ${seconds.toFixed(1)} s`)}`,
    );
    this.#bar?.resume();
  }

  diagnosis(report: LayerReport): void {
    this.#diagnosis = report;
    const lines = warningLines(report, this.#warned);
    if (lines.length === 0) return;
    this.#bar?.close();
    for (const line of lines) this.#write(`  ${line}`);
    this.#bar?.resume();
  }

  divergence(warning: DivergenceWarning): void {
    this.#bar?.close();
    for (const line of divergenceLines(warning)) this.#write(`  ${line}`);
    this.#bar?.resume();
  }

  profile(found: Profile, file: string | undefined): void {
    this.#bar?.close();
    this.#write("");
    const use = file === undefined ? "" : `; ${printable(file)} is for chrome://tracing or https://ui.perfetto.dev`;
    this.#write(`  ${pc.dim(`where the time went${use}`)}`);
    for (const line of found.table().split("\n")) this.#write(`  ${line}`);
  }

  /** The last figures of the layers, once. */
  #showDiagnosis(): void {
    if (!this.#diagnosis) return;
    this.#write("");
    for (const line of diagnosisTable(this.#diagnosis)) this.#write(`  ${line}`);
    this.#diagnosis = undefined;
  }

  done(done: Done, result: readonly string[], advice: readonly string[]): void {
    this.#bar?.close();
    this.#showDiagnosis();
    this.#write("");
    for (const line of result) this.#write(line === "" ? "" : `  ${line}`);
    this.#write("");
    if (done.out) this.#write(`  saved to ${printable(done.out)}`);
    this.#write(`  ${pc.dim("try next")}`);
    for (const line of advice) this.#write(`    ${line}`);
  }

  warning(message: string): void {
    this.#bar?.close();
    this.#write(`  ${pc.yellow(message)}`);
    this.#bar?.resume();
  }

  interrupted(message: string): void {
    this.#bar?.close();
    this.#showDiagnosis();
    this.#write(`  ${pc.yellow(printable(message))}`);
  }

  close(): void {
    this.#bar?.close();
    this.#showDiagnosis();
  }
}

/** The reporter for the options. */
export const openReporter = (
  json: boolean | undefined,
  write: (line: string) => void,
  figure: Figure = accuracyFigure,
): Reporter => (json || !isFirst() ? new JsonReporter(write, figure) : new HumanReporter(write, figure));
