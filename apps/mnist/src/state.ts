/** What the page knows, as signals; and its one connection to the worker. */
import { computed, signal } from "@preact/signals";
import { defaults, type Experiment, fromQuery, toQuery } from "./experiment.ts";
import type { Judged, Reading, Report, Request, RunState } from "./messages.ts";

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
export const losses = signal<readonly number[]>([]);
export const accuracies = signal<readonly number[]>([]);
export const judgements = signal<readonly Judged[]>([]);
export const progress = signal<Of<"progress"> | undefined>(undefined);
export const gradients = signal<readonly (readonly number[])[]>([]);
export const weights = signal<Of<"weights"> | undefined>(undefined);
export const reading = signal<Reading | undefined>(undefined);
export const problem = signal("");
export const judged = computed(() => judgements.value.at(-1));

const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });

export const ask = (request: Request): void => worker.postMessage(request);

worker.addEventListener("error", () => {
  problem.value = "The worker that trains could not be started. Reload the page to try again.";
});
worker.addEventListener("message", ({ data }: MessageEvent<Report>) => {
  if (data.type === "loading") loading.value = data;
  else if (data.type === "ready") {
    ready.value = data;
    loading.value = undefined;
    losses.value = [];
    accuracies.value = [];
    judgements.value = [];
    gradients.value = [];
    progress.value = undefined;
    reading.value = undefined;
  } else if (data.type === "progress") {
    progress.value = data;
    losses.value = [...losses.value, ...data.losses];
    accuracies.value = [...accuracies.value, ...data.accuracies];
    if (data.gradients.length > 0) gradients.value = [...gradients.value.slice(-400), data.gradients];
  } else if (data.type === "judged") judgements.value = [...judgements.value, data];
  else if (data.type === "weights") weights.value = data;
  else if (data.type === "state") runState.value = data.state;
  else if (data.type === "reading") reading.value = data.reading;
  else if (data.type === "file") save(data.bytes);
  else problem.value = data.message;
});

function save(bytes: Uint8Array): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  link.download = "model.safetensors";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Changes the experiment: a new network, and a new address. */
export function change(part: Partial<Experiment>): void {
  experiment.value = { ...experiment.value, ...part };
  go(view.value);
  reset();
}

/** A new network, as the experiment says. */
export function reset(): void {
  problem.value = "";
  ask({ type: "configure", experiment: experiment.value });
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
  if (query && toQuery(found) !== toQuery(experiment.value)) {
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
  if (read.length === 1 && !/idx|ubyte/.test(first.name)) ask({ type: "import", ...first });
  else ask({ type: "data", files: read });
}

export const isDefault = computed(() => toQuery(experiment.value) === toQuery(defaults));

reset();
