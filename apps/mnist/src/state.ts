/** The state of the page as signals, and its connection to the worker. */
import { defaults, type Experiment } from "@dlcc/experiment";
import { computed, signal } from "@preact/signals";
import { Curve } from "./curve.ts";
import { fromQuery, toQuery } from "./experiment.ts";
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
/** The curves of the minibatches. */
export const curves = signal({ loss: new Curve(), accuracy: new Curve() });
/** The figures of the validation digits, after each epoch. */
export const judgements = signal<readonly Pick<Judged, "step" | "loss" | "accuracy">[]>([]);
/** The last judgement, in full. */
export const judged = signal<Judged | undefined>(undefined);
export const progress = signal<Of<"progress"> | undefined>(undefined);
/** The norms of each layer's gradient, at some of the steps. */
export const gradients = signal<readonly { readonly step: number; readonly norms: readonly number[] }[]>([]);
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
    judgements.value = [...judgements.value, { step: data.step, loss: data.loss, accuracy: data.accuracy }];
  } else if (data.type === "weights") weights.value = data;
  else if (data.type === "state") runState.value = data.state;
  else if (data.type === "reading") reader.answered(data.reading);
  else if (data.type === "file") save(data.bytes);
  else if (data.type === "moved") goBack(data);
  else {
    problem.value = data.message;
    reader.answered(undefined);
  }
});

/** Shows a new network. */
function begin(data: Of<"ready">): void {
  ready.value = data;
  loading.value = undefined;
  curves.value = { loss: new Curve(), accuracy: new Curve() };
  judgements.value = [];
  judged.value = undefined;
  gradients.value = [];
  progress.value = undefined;
  reader.clear();
}

/** The most points of the curve of the gradients. */
const mostGradients = 400;

function follow(data: Of<"progress">): void {
  progress.value = data;
  const { loss, accuracy } = curves.value;
  for (const value of data.losses) loss.add(value);
  for (const value of data.accuracies) accuracy.add(value);
  curves.value = { loss, accuracy };
  if (data.gradients.length === 0) return;
  gradients.value = [...gradients.value.slice(1 - mostGradients), { step: data.step, norms: data.gradients }];
}

/** Continues the run from an earlier step. */
function goBack({ step, epoch, backend, note }: Of<"moved">): void {
  const { loss, accuracy } = curves.value;
  loss.cutAfter(step);
  accuracy.cutAfter(step);
  curves.value = { loss, accuracy };
  judgements.value = judgements.value.filter((judgement) => judgement.step <= step);
  gradients.value = gradients.value.filter((gradient) => gradient.step <= step);
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

/** Makes a new network for the experiment. */
export function reset(): void {
  problem.value = "";
  ask({ type: "configure", experiment: experiment.value, allowSoftware });
}

/** The address of a view of this experiment. */
export function linkTo(name: string): string {
  const query = toQuery(experiment.value);
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

reset();
