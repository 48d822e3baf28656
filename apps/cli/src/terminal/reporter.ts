/** What a training run says: lines and pictures for people, or one JSON object a line for programs. */
import type { EpochReport, Progress } from "@dlcc/train";
import pc from "picocolors";
import { type Confusion, confusionTable } from "./confusion.ts";
import { label, percent, thousands, title, wrapped } from "./figures.ts";
import { ProgressBar } from "./progress.ts";

/** What is known before training. */
export interface Start {
  readonly dataset: string;
  readonly reason: string;
  readonly model: string;
  readonly parameters: number;
  readonly backend: string;
  readonly trainExamples: number;
  readonly validationExamples: number;
  readonly testExamples: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** The options that led to it, in words. */
  readonly settings: Readonly<Record<string, string | number>>;
}

/** What is known at the end. */
export interface Done {
  readonly testAccuracy: number;
  readonly validationAccuracy: number | null;
  readonly trainLoss: number;
  readonly parameters: number;
  readonly epochs: number;
  /** Of training. */
  readonly seconds: number;
  readonly backend: string;
  readonly dataset: string;
  readonly model: string;
  /** Where the model was saved. */
  readonly out: string | null;
}

/** Told of a run as it goes. */
export interface Reporter {
  start(start: Start): void;
  progress(progress: Progress): void;
  epoch(report: EpochReport): void;
  done(done: Done, confusion: Confusion, advice: readonly string[]): void;
  /** The run ended early. */
  interrupted(message: string): void;
  /** Called in any case, last. */
  close(): void;
}

/** One JSON object a line on stdout, and nothing else. */
export class JsonReporter implements Reporter {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  #emit(event: string, fields: object): void {
    this.#write(JSON.stringify({ event, ...fields }));
  }

  start(start: Start): void {
    this.#emit("start", start);
  }
  progress(): void {}
  epoch({ epoch, loss, metrics, validation, seconds }: EpochReport): void {
    this.#emit("epoch", {
      epoch,
      trainLoss: loss,
      trainAccuracy: metrics.accuracy ?? null,
      validationLoss: validation?.loss ?? null,
      validationAccuracy: validation?.metrics.accuracy ?? null,
      seconds,
    });
  }
  done(done: Done): void {
    this.#emit("done", done);
  }
  interrupted(message: string): void {
    this.#emit("interrupted", { message });
  }
  close(): void {}
}

/** A line of settings has its name in front, and fits in 80 columns. */
const settingsColumns = 68;

/** Lines on stdout; a bar on stderr while it runs. */
export class HumanReporter implements Reporter {
  readonly #write: (line: string) => void;
  #bar: ProgressBar | undefined;
  #start: Start | undefined;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  start(start: Start): void {
    this.#start = start;
    const line = (name: string, text: string, aside?: string): void => this.#write(label(name, text, aside));
    this.#write(title(`dlcc: training ${start.model}`));
    line("data", start.dataset, start.reason);
    const validation = start.validationExamples > 0 ? `, ${thousands(start.validationExamples)} for validation` : "";
    line(
      "",
      `${thousands(start.trainExamples)} to learn from${validation}, ${thousands(start.testExamples)} for the test`,
    );
    line("network", `${start.model}, ${thousands(start.parameters)} parameters`);
    line("backend", start.backend);
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

  progress({ epoch, batch, loss, metrics }: Progress): void {
    if (!this.#start) return;
    const { epochs, stepsPerEpoch } = this.#start;
    const done = (epoch - 1) * stepsPerEpoch + batch;
    this.#bar?.update({ epoch, epochs, done, loss, accuracy: metrics.accuracy ?? Number.NaN });
  }

  epoch({ epoch, loss, metrics, validation, seconds }: EpochReport): void {
    this.#bar?.close();
    const validated = validation ? ` · validation ${percent(validation.metrics.accuracy)}` : "";
    const count = `epoch ${String(epoch).padStart(2)}`;
    this.#write(
      `  ${pc.dim(count)}  loss ${loss.toFixed(4)} · accuracy ${percent(metrics.accuracy)}${validated} ${pc.dim(`· ${seconds.toFixed(1)} s`)}`,
    );
    this.#bar?.resume();
  }

  done(done: Done, confusion: Confusion, advice: readonly string[]): void {
    this.#bar?.close();
    this.#write("");
    this.#write(`  ${pc.bold("test accuracy")}  ${pc.bold(pc.green(percent(done.testAccuracy)))}`);
    this.#write("");
    for (const row of confusionTable(confusion).split("\n")) this.#write(`  ${row}`);
    this.#write("");
    if (done.out) this.#write(`  saved to ${done.out}`);
    this.#write(`  ${pc.dim("try next")}`);
    for (const line of advice) this.#write(`    ${line}`);
  }

  interrupted(message: string): void {
    this.#bar?.close();
    this.#write(`  ${pc.yellow(message)}`);
  }

  close(): void {
    this.#bar?.close();
  }
}
