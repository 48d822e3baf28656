/** The state of the page as signals, and its connection to the worker. */
import { defaults, type Experiment } from "@dlcc/experiment";
import { computed, signal } from "@preact/signals";
import { fromQuery, toQuery } from "./experiment.ts";
import { type GradientNorms, type Judgement, RunHistory } from "./history.ts";
import type { Available, Judged, Report, Request, RunState } from "./messages.ts";
import { Reader } from "./reader.ts";

type Of<T extends Report["type"]> = Extract<Report, { type: T }>;

/** `#/view/chapter?experiment` */
const address = (): { view: string; chapter: string; query: string } => {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [view = "", chapter = ""] = path.split("/");
  return { view: view || "train", chapter, query };
};

export const view = signal(address().view);
export const chapter = signal(address().chapter);
export const experiment = signal<Experiment>(fromQuery(address().query));
export const runState = signal<RunState>("idle");
export const ready = signal<Of<"ready"> | undefined>(undefined);
export const loading = signal<Of<"loading"> | undefined>(undefined);
export const backends = signal<readonly Available[]>([]);
let past = new RunHistory();
/** The curves of the minibatches. */
export const curves = signal({ loss: past.loss, accuracy: past.accuracy });
/** The figures of the validation digits, after each epoch. */
export const judgements = signal<readonly Judgement[]>([]);
/** The last judgement, in full. */
export const judged = signal<Judged | undefined>(undefined);
export const progress = signal<Of<"progress"> | undefined>(undefined);
/** The norms of each layer's gradient, at some of the steps. */
export const gradients = signal<readonly GradientNorms[]>([]);
export const weights = signal<Of<"weights"> | undefined>(undefined);
export const problem = signal("");

/** `?software-gpu` before the `#` allows a software renderer for the gpu backend, for its tests. */
const allowSoftware = new URLSearchParams(location.search).has("software-gpu");

const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });

export const ask = (request: Request): void => worker.postMessage(request);

export const reader = new Reader(ask);

worker.addEventListener("error", () => {
  problem.value = "The training worker could not be started. Reload the page to try again.";
});
worker.addEventListener("message", ({ data }: MessageEvent<Report>) => {
  if (data.type === "backends") backends.value = data.backends;
  else if (data.type === "loading") loading.value = data;
  else if (data.type === "ready") begin(data);
  else if (data.type === "progress") follow(data);
  else if (data.type === "judged") {
    judged.value = data;
    past.judge(data);
    showHistory();
  } else if (data.type === "weights") weights.value = data;
  else if (data.type === "state") runState.value = data.state;
  else if (data.type === "reading") reader.answered(data.reading);
  else if (data.type === "file") save(data.bytes);
  else if (data.type === "moved") goBack(data);
  else if (data.type === "resumed") resume(data);
  else {
    problem.value = data.message;
    reader.answered(undefined);
  }
});

/** Shows what has come to the history. */
function showHistory(): void {
  curves.value = { loss: past.loss, accuracy: past.accuracy };
  judgements.value = past.judgements;
  gradients.value = past.gradients;
}

/** Shows a new network. */
function begin(data: Of<"ready">): void {
  ready.value = data;
  loading.value = undefined;
  past = new RunHistory();
  showHistory();
  judged.value = undefined;
  progress.value = undefined;
  reader.clear();
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
  progress.value = { ...still, step: data.step, epoch: data.epoch, examplesPerSecond: 0 };
}

/** Shows the run as it is on another backend: there it may continue from an earlier step. */
function goBack({ step, epoch, backend, note }: Of<"moved">): void {
  past.cutAfter(step);
  showHistory();
  if (ready.value) ready.value = { ...ready.value, backend, note };
  if (progress.value) progress.value = { ...progress.value, step, epoch };
}

function save(bytes: Uint8Array): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  link.download = "model.safetensors";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Changes the experiment, which makes a new network and a new address. */
export function change(part: Partial<Experiment>): void {
  experiment.value = { ...experiment.value, ...part };
  go(view.value);
  reset();
}

/** Makes a new network for the experiment, or goes on with the one that the browser has kept. */
function configure(resume: boolean): void {
  problem.value = "";
  ask({ type: "configure", experiment: experiment.value, allowSoftware, resume });
}

/** Makes a new network for the experiment. */
export const reset = (): void => configure(false);

/** The address of a view of this experiment, or of one that differs in a part. */
export function linkTo(name: string, part: Partial<Experiment> = {}): string {
  const query = toQuery({ ...experiment.value, ...part });
  return `#/${name}${query ? `?${query}` : ""}`;
}

const go = (name: string): void => history.replaceState(null, "", linkTo(name));

addEventListener("hashchange", () => {
  const { view: name, chapter: part, query } = address();
  view.value = name;
  chapter.value = part;
  const found = fromQuery(query);
  // A chapter's address need not have an experiment.
  if ((query || name !== "understand") && toQuery(found) !== toQuery(experiment.value)) {
    experiment.value = found;
    reset();
  }
});

/** Files that were dropped or chosen: a model, or digits. */
export async function take(files: readonly File[]): Promise<void> {
  problem.value = "";
  const read = await Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  const [first] = read;
  if (!first) return;
  if (read.length === 1 && !isDigits(first)) ask({ type: "import", ...first });
  else ask({ type: "data", files: read });
}

/** IDX files begin with two zeros and the code of a type, and are often gzipped. A model's file begins with neither. */
function isDigits({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): boolean {
  const [a, b, type = 0] = bytes;
  const idx = a === 0 && b === 0 && type >= 0x08 && type <= 0x0e;
  const gzip = a === 0x1f && b === 0x8b;
  return idx || gzip || /idx|ubyte/.test(name);
}

export const isDefault = computed(() => toQuery(experiment.value) === toQuery(defaults));

configure(true);
