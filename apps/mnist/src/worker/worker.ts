/** The worker: it holds the data and the session, and does what the page asks for, one thing after another. */
import {
  checkReadsDigits,
  digitClasses,
  type EmbeddedDigits,
  type LoadedModel,
  readModel,
  writeModel,
} from "@dlcc/cli/experiment";
import { type Experiment, toCommand } from "../experiment.ts";
import type { Report, Request, RunState } from "../messages.ts";
import { openBackend } from "./backend.ts";
import { digitsFromFiles, fetchDigits } from "./digits.ts";
import { Session } from "./session.ts";

/** Milliseconds between breaths, in which the page's requests have their turn, and between pictures. */
const [breath, picture] = [12, 120];

const scope = globalThis as unknown as { postMessage(report: Report, transfer?: Transferable[]): void };
const tell = (report: Report): void => scope.postMessage(report);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

let session: Session | undefined;
let digits: EmbeddedDigits | undefined;
let dataset = "10,000 MNIST digits";
let experiment: Experiment | undefined;
let running = false;
let busy: Promise<void> = Promise.resolve();

const channel = new MessageChannel();
let wake: (() => void) | undefined;
channel.port1.onmessage = () => wake?.();
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    wake = resolve;
    channel.port2.postMessage(0);
  });

const state = (value: RunState): void => tell({ type: "state", state: value });

async function data(): Promise<EmbeddedDigits> {
  digits ??= await fetchDigits((loaded, total) => tell({ type: "loading", loaded, total }));
  return digits;
}

/** Makes a new session in place of the old one. */
async function configure(wanted: Experiment, loaded?: LoadedModel): Promise<void> {
  running = false;
  await busy;
  experiment = wanted;
  session?.dispose();
  session = undefined;
  const opened = await openBackend(wanted.backend);
  session = await Session.create(opened, wanted, await data(), loaded);
  state("idle");
  tell({
    type: "ready",
    backend: opened.title,
    note: opened.note,
    train: session.digits.train.images.shape[0] ?? 0,
    validation: session.digits.test.images.shape[0] ?? 0,
    parameters: session.parameters,
    stepsPerEpoch: session.stepsPerEpoch,
    dataset,
    imported: loaded?.file ?? "",
  });
  await showWeights(session);
  tell({ type: "judged", ...(await session.judge(breathe)) });
  session.resetClock();
}

async function showWeights(of: Session): Promise<void> {
  const images = await of.weights();
  tell({ type: "weights", images, count: images.length / 784 });
}

async function show(of: Session): Promise<void> {
  tell({ type: "progress", ...(await of.progress()) });
  await showWeights(of);
}

/** Trains until it is told to pause, or the last epoch is over. */
async function run(of: Session): Promise<void> {
  running = true;
  state("running");
  of.resetClock();
  let [breathed, pictured] = [performance.now(), 0];
  while (running && !of.finished) {
    const now = performance.now();
    const due = now - pictured > picture;
    const epochEnded = await of.step(due);
    if (due || epochEnded) {
      await show(of);
      pictured = now;
    }
    if (epochEnded) {
      tell({ type: "judged", ...(await of.judge(breathe)) });
      of.resetClock();
    }
    if (now - breathed > breath) {
      await breathe();
      breathed = performance.now();
    }
  }
  running = false;
  await show(of);
  state(of.finished ? "done" : "paused");
}

/** A run that fails, for want of a number or of a device, ends; the page says why. */
function start(of: Session): void {
  busy = run(of).catch((error: unknown) => {
    running = false;
    state("paused");
    tell({ type: "error", message: messageOf(error) });
  });
}

async function answer(request: Request): Promise<void> {
  if (request.type === "configure") return configure(request.experiment);
  if (request.type === "pause") {
    running = false;
    return;
  }
  if (request.type === "data") {
    digits = await digitsFromFiles(request.files);
    dataset = request.files.map(({ name }) => name).join(", ");
    if (experiment) await configure(experiment);
    return;
  }
  if (request.type === "import") {
    const loaded = readModel(request.name, request.bytes);
    checkReadsDigits(loaded);
    if (experiment) await configure(experiment, loaded);
    return;
  }
  if (!session) return;
  if (request.type === "run" && !running) start(session);
  if (request.type === "step" && !running && !session.finished) {
    const ended = await session.step(true);
    await show(session);
    state(session.finished ? "done" : "paused");
    if (ended) tell({ type: "judged", ...(await session.judge(breathe)) });
  }
  if (request.type === "read") tell({ type: "reading", reading: await session.read(request.drawing) });
  if (request.type === "teach") tell({ type: "reading", reading: await session.teach(request.drawing, request.label) });
  if (request.type === "export") {
    const facts = { dataset, seed: String(session.experiment.seed), command: toCommand(session.experiment) };
    const bytes = await writeModel(
      session.model,
      { input: { shape: [784], range: [0, 1] }, classes: digitClasses, outputs: session.outputs, loss: session.loss },
      facts,
    );
    scope.postMessage({ type: "file", bytes }, [bytes.buffer]);
  }
}

let queue: Promise<void> = Promise.resolve();
addEventListener("message", ({ data: request }: MessageEvent<Request>) => {
  if (request.type === "pause") running = false;
  queue = queue
    .then(() => answer(request))
    .catch((error: unknown) => tell({ type: "error", message: messageOf(error) }));
});
