/** The state of the page as signals, and its connection to the worker. */
import { defaults, type Experiment } from "@dlcc/experiment";
import { batch, computed, signal } from "@preact/signals";
import { addressIn } from "./address.ts";
import { type Trouble, troubleOf, troubleOfInfinity } from "./divergence.ts";
import { differInEpochs, readQuery, toQuery } from "./experiment.ts";
import { type GradientNorms, type Judgement, RunHistory } from "./history.ts";
import type { Available, Judged, Reading, Report, Request, RunState } from "./messages.ts";
import { archive } from "./runs.ts";
import { saveFile } from "./ui/save.ts";
import { WeightsOverTime } from "./weights.ts";

type Of<T extends Report["type"]> = Extract<Report, { type: T }>;

const opened = addressIn(location.hash);
export const view = signal(opened.view);
export const chapter = signal(opened.chapter);
export const experiment = signal<Experiment>(defaults);
export const runState = signal<RunState>("idle");
export const ready = signal<Of<"ready"> | undefined>(undefined);
export const loading = signal<Of<"loading"> | undefined>(undefined);
export const backends = signal<readonly Available[]>([]);
let past = new RunHistory();
/** The experiment of the run that is shown: the form may be ahead of it. */
let shown: Experiment | undefined;
/** The curves of the minibatches. */
export const curves = signal({ loss: past.loss, accuracy: past.accuracy });
/** The figures of the validation digits, after each epoch. */
export const judgements = signal<readonly Judgement[]>([]);
/** The last judgement, in full. */
export const judged = signal<Judged | undefined>(undefined);
export const progress = signal<Of<"progress"> | undefined>(undefined);
/** The norms of each layer's gradient, at some of the steps. */
export const gradients = signal<readonly GradientNorms[]>([]);
export const weights = signal(new WeightsOverTime());
/** How the network reads the strip's digits now. */
export const glance = signal<Of<"glance"> | undefined>(undefined);
/** The digits of a cell of the confusion matrix. */
export const cell = signal<Of<"cell"> | undefined>(undefined);
const diverged = signal<Of<"diverged"> | undefined>(undefined);
export const problem = signal("");
/** What is said of the address. */
export const notice = signal("");

/** What has gone wrong with the run, if something has. */
export const trouble = computed<Trouble | undefined>(() => {
  if (diverged.value) return troubleOfInfinity(diverged.value.step, diverged.value.loss);
  const { loss } = curves.value;
  const [first, now] = [loss.values[0], loss.trend.at(-1)];
  if (first === undefined || now === undefined) return undefined;
  return troubleOf({ first, now, highest: loss.trend.reduce((a, b) => Math.max(a, b), 0), step: loss.length });
});

/** `?software-gpu` before the `#` allows a software renderer for the gpu backend, for its tests. */
const allowSoftware = new URLSearchParams(location.search).has("software-gpu");

function startWorker(): Worker | undefined {
  try {
    return new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
  } catch (error) {
    problem.value = `This browser lets the page start no worker, and without one it can’t train: ${error instanceof Error ? error.message : error}`;
    return undefined;
  }
}
const worker = startWorker();

export const ask = (request: Request): void => worker?.postMessage(request);

type Answer = Reading | undefined;
const listeners: ((answer: Answer) => void)[] = [];
/** Tells of each reading; undefined for one that failed. */
export const onReading = (listener: (answer: Answer) => void): void => void listeners.push(listener);
const read = (answer: Answer): void => {
  for (const listener of listeners) listener(answer);
};

worker?.addEventListener("error", () => {
  problem.value = "The training worker could not be started. Reload the page to try again.";
});
worker?.addEventListener("message", ({ data: reports }: MessageEvent<readonly Report[]>) => {
  batch(() => reports.forEach(take));
});

function take(data: Report): void {
  if (data.type === "backends") backends.value = data.backends;
  else if (data.type === "loading") loading.value = data;
  else if (data.type === "ready") begin(data);
  else if (data.type === "progress") follow(data);
  else if (data.type === "judged") {
    judged.value = data;
    past.judge(data);
    showHistory();
  } else if (data.type === "weights") weights.value = weights.value.add(data.step, data.images, data.count);
  else if (data.type === "glance") glance.value = data;
  else if (data.type === "cell") cell.value = data;
  else if (data.type === "diverged") diverged.value = data;
  else if (data.type === "state") runState.value = data.state;
  else if (data.type === "reading") read(data.reading);
  else if (data.type === "file") saveFile("model.safetensors", new Blob([data.bytes as Uint8Array<ArrayBuffer>]));
  else if (data.type === "moved") goBack(data);
  else if (data.type === "resumed") resume(data);
  else {
    problem.value = data.message;
    loading.value = undefined;
    read(undefined);
  }
}

/** Shows what has come to the history. */
function showHistory(): void {
  curves.value = { loss: past.loss, accuracy: past.accuracy };
  judgements.value = past.judgements;
  gradients.value = past.gradients;
}

/** Shows a new network. The runs before it stay as ghosts. */
function begin(data: Of<"ready">): void {
  if (shown) archive(shown, past, { speed: progress.value?.examplesPerSecond, file: ready.value?.imported });
  shown = experiment.value;
  ready.value = data;
  loading.value = undefined;
  past = new RunHistory();
  showHistory();
  judged.value = undefined;
  progress.value = undefined;
  glance.value = undefined;
  cell.value = undefined;
  diverged.value = undefined;
  weights.value = new WeightsOverTime();
}

function follow(data: Of<"progress">): void {
  progress.value = data;
  past.follow(data);
  showHistory();
}

/** A run of which nothing new has come. */
const still = { type: "progress", losses: new Float32Array(), accuracies: new Float32Array(), gradients: [] } as const;

/** Shows the run that was kept over a reload. */
function resume(data: Of<"resumed">): void {
  past = new RunHistory(data.history);
  showHistory();
  progress.value = { ...still, step: data.step, epoch: data.epoch, examplesPerSecond: undefined };
}

/** Shows the run as it is on another backend: there it may continue from an earlier step. */
function goBack({ step, epoch, backend, note }: Of<"moved">): void {
  past.cutAfter(step);
  showHistory();
  if (ready.value) ready.value = { ...ready.value, backend, note };
  if (progress.value) progress.value = { ...progress.value, step, epoch };
}

/** Makes a new network for the experiment, or goes on with the one that the browser has kept. */
function configure(resume: boolean): void {
  ask({ type: "configure", experiment: experiment.value, allowSoftware, site: document.baseURI, resume });
}

/** Makes a new network for the experiment. */
export function reset(): void {
  problem.value = "";
  configure(false);
}

/** Another experiment: more epochs go on with the run, and all else begins a new one. */
function adopt(next: Experiment): void {
  const before = experiment.value;
  experiment.value = next;
  const done = progress.value?.step ? progress.value.epoch : undefined;
  if (done !== undefined && differInEpochs(before, next) && next.epochs >= done) {
    shown = next;
    ask({ type: "extend", epochs: next.epochs });
  } else reset();
}

/** Changes the experiment, which has an address of its own: the way back leads to the one before. */
export function change(part: Partial<Experiment>): void {
  notice.value = "";
  adopt({ ...experiment.value, ...part });
  history.pushState(null, "", linkTo(view.value));
}

/** The address of a view of this experiment, or of one that differs in a part. */
export function linkTo(name: string, part: Partial<Experiment> = {}): string {
  const query = toQuery({ ...experiment.value, ...part });
  return `#/${name}${query ? `?${query}` : ""}`;
}

/** Takes the experiment of an address, and says what can't be. */
function readAddress(query: string): Experiment {
  const { experiment: found, wrong } = readQuery(query);
  const said = wrong.map(({ key, given, must }) => {
    const taken = new Map(Object.entries(found)).get(key);
    const instead = typeof taken === "string" || typeof taken === "number" ? String(taken) : "the default";
    return `${key} must be ${must}: the address has ${given.slice(0, 40) || "nothing"}, so the run has ${instead}.`;
  });
  notice.value = said.join(" ");
  return found;
}

/** The address says what the form says, and what is drawn. @param state Goes with it, and comes back with it. */
export function writeAddress(drawing: string, state: unknown = null): void {
  const link = linkTo(chapter.value ? `${view.value}/${chapter.value}` : view.value);
  history.replaceState(state, "", drawing ? `${link}${link.includes("?") ? "&" : "?"}drawing=${drawing}` : link);
}

const correctAddress = (): void => writeAddress(addressIn(location.hash).drawing);

addEventListener("hashchange", () => {
  const { view: name, chapter: part, query } = addressIn(location.hash);
  view.value = name;
  chapter.value = part;
  // A chapter's address need not have an experiment.
  if (!query && name === "understand") return;
  const found = readAddress(query);
  if (toQuery(found) !== toQuery(experiment.value)) adopt(found);
  if (notice.value) correctAddress();
});

/** A reload takes away what the browser doesn't keep: a model that was opened, and what was learned from the visitor's own digits. */
addEventListener("beforeunload", (event) => {
  const { kept = true, imported = "" } = ready.value ?? {};
  if (!kept && (imported || (progress.value?.step ?? 0) > 0)) event.preventDefault();
});

export const isDefault = computed(() => toQuery(experiment.value) === toQuery(defaults));

experiment.value = readAddress(opened.query);
if (notice.value) correctAddress();
configure(true);
