/** The worker: it holds the data and the session, and does what the page asks for, one thing after another. */
import type { DigitSource, EmbeddedDigits, Experiment, LoadedModel } from "@dlcc/experiment";
import { architectureOf } from "../experiment.ts";
import type { Report, Request, RunState } from "../messages.ts";
import { availableBackends, openHere, titleOf, titleOfAuto } from "./backend.ts";
import { fetchDigits } from "./digits.ts";
import { isLost, messageOf } from "./errors.ts";
import { Session } from "./session.ts";
import { wasKept } from "./was-kept.ts";

/**
 * A network of at most so many parameters waits on plain TypeScript until there is something to compute, and the kernels aren't
 * loaded before. Plain TypeScript judges a network of this size in half a second.
 */
const mostWaiting = 250_000;
/** How often training yields to the page's requests, shows itself, and is kept, in milliseconds. */
const [yieldInterval, showInterval, keepInterval] = [12, 120, 1000];
/** Keeping a large network takes a while: at most so much of the time. */
const keepShare = 0.05;
/** So long after a drawing was read, someone is drawing; and so long are the pauses that training makes then, each time it yields. */
const [drawing, pause] = [250, 24];

const scope = globalThis as unknown as { postMessage(reports: readonly Report[], transfer?: Transferable[]): void };
/** Tells the page; what is told together is shown together, in one go. */
const tell = (...reports: readonly Report[]): void => scope.postMessage(reports);

let session: Session | undefined;
let digits: EmbeddedDigits | undefined;
let source: DigitSource = "embedded";
/** The names of the classes of digits. (Those of `@dlcc/experiment` would bring the code for files of models into the first script.) */
const digitNames = Array.from({ length: 10 }, (_, digit) => String(digit));
let classes: readonly string[] = digitNames;
/** The digit of the strip that is shown in the network. */
let glanceAt = 0;
let allowSoftware = false;
/** The address of the page. */
let site = "";
let told = false;
let experiment: Experiment | undefined;
/** The model that was opened, if one was. */
let imported: LoadedModel | undefined;
let running = false;
/** Whether the session has yet to go to the backend that is to compute. */
let waiting = false;
let busy: Promise<void> = Promise.resolve();

const channel = new MessageChannel();
let wake: (() => void) | undefined;
channel.port1.onmessage = () => wake?.();
/** Lets the messages that have arrived have their turn. */
const yieldToMessages = (): Promise<void> =>
  new Promise((resolve) => {
    wake = resolve;
    channel.port2.postMessage(0);
  });

const later = (): Promise<typeof import("./later.ts")> => import("./later.ts");

let lastRead = Number.NEGATIVE_INFINITY;

/** The pen comes first: while someone draws, training leaves the processor to the page for most of the time. */
const giveWay = (): Promise<void> =>
  performance.now() - lastRead < drawing ? new Promise((resolve) => setTimeout(resolve, pause)) : yieldToMessages();

const state = (value: RunState): void => tell({ type: "state", state: value });

async function data(): Promise<EmbeddedDigits> {
  digits ??= await fetchDigits((loaded, total) => tell({ type: "loading", loaded, total }));
  return digits;
}

/** What a new session begins with. */
interface Wanted {
  readonly loaded?: LoadedModel;
  /** Whether to go on with the run that the browser has kept. */
  readonly resume?: boolean;
}

/** Makes a new session in place of the old one. */
async function configure(wanted: Experiment, { loaded, resume = false }: Wanted = {}): Promise<void> {
  running = false;
  await busy;
  experiment = wanted;
  imported = loaded;
  session?.dispose();
  session = undefined;
  if (!told) tell({ type: "backends", backends: await availableBackends(allowSoftware) });
  told = true;
  const found = await wasKept();
  waiting = wanted.backend === "auto" && !loaded && !(found && resume);
  const opened = await openHere(waiting ? "cpu" : wanted.backend, allowSoftware);
  const keeps = source === "embedded" && !loaded;
  session = await Session.create(opened, wanted, await data(), { loaded, keeps });
  // A convolution computes much with few parameters.
  if (session.parameters > mostWaiting || wanted.layers !== undefined) await settle(session);
  if (found && !resume) await (await import("./kept.ts")).forgetRun();
  const history = found && resume ? await session.resume() : undefined;
  state(!history ? "idle" : session.finished ? "done" : "paused");
  const where = history ? wasLeft(session) : "";
  const opens = loaded
    ? `Training goes on with the weights of ${loaded.file}; Reset makes a new network in its place.`
    : "";
  const strip = await session.strip();
  tell({
    type: "ready",
    backend: waiting ? await titleOfAuto() : titleOf(session.opened),
    note: `${session.opened.note} ${where} ${opens}`.trim(),
    train: session.digits.train.images.shape[0] ?? 0,
    validation: session.digits.test.images.shape[0] ?? 0,
    parameters: session.parameters,
    stepsPerEpoch: session.stepsPerEpoch,
    digits: source,
    classes,
    strip,
    kept: keeps,
    imported: loaded?.file ?? "",
    architecture: loaded?.architecture ?? architectureOf(wanted),
  });
  const made = session;
  if (history) tell({ type: "resumed", step: made.steps, epoch: epochOf(made), history: history.state() });
  await insist(made, async () => {
    tell(...(await looks(made)));
    await judge(made);
  });
}

/** Where a session stands that doesn't compute. */
const standing = (of: Session): RunState => (of.diverged ? "diverged" : of.finished ? "done" : "paused");

const wasLeft = ({ finished, diverged, steps }: Session): string =>
  finished || diverged
    ? "This is the run as it ended before the page was opened again."
    : `The run goes on from step ${steps}, where it was when the page was left.`;

/** The epoch that is shown: the last one stays. */
const epochOf = ({ epoch, experiment }: Session): number => Math.min(epoch, experiment.epochs);

async function judge(of: Session): Promise<void> {
  tell({ type: "judged", ...(await of.judge(yieldToMessages)) });
  of.resetClock();
}

/** Takes a session that waits to the backend that is to compute. Whether it had to. */
async function settle(of: Session): Promise<boolean> {
  if (!waiting) return false;
  await of.settle(await openHere(of.experiment.backend, allowSoftware));
  waiting = false;
  return true;
}

/** The same for a session that the page knows. */
async function engage(of: Session): Promise<void> {
  if (await settle(of)) tellMoved(of, of.opened.note);
}

const tellMoved = (of: Session, note: string): void =>
  tell({ type: "moved", backend: titleOf(of.opened), note, step: of.steps, epoch: of.epoch });

let moving: Promise<void> | undefined;

/**
 * Does something with the session. A graphics card can be lost at any moment: then the session goes on from where it was
 * kept last, on a new one or on the next best backend, and what was to be done is done there.
 */
async function insist(of: Session, work: () => Promise<void>): Promise<void> {
  await moving;
  const { opened } = of;
  try {
    await work();
  } catch (error) {
    if (!isLost(error)) throw error;
    // Several may notice.
    if (of.opened === opened) {
      moving ??= move(of).finally(() => {
        moving = undefined;
      });
    }
    await insist(of, work);
  }
}

async function move(of: Session): Promise<void> {
  // A card that is lost twice is not asked a third time.
  await of.moveTo(await openHere(of.moves === 0 ? of.opened.name : "wasm", allowSoftware));
  const where = `The run goes on from step ${of.steps}, on ${titleOf(of.opened)}.`;
  tellMoved(of, `The graphics card was lost. ${where} ${of.opened.note}`.trim());
}

const glance = async (of: Session): Promise<Report> => ({ type: "glance", ...(await of.glance(glanceAt)) });

/** What the network looks like. */
async function looks(of: Session): Promise<readonly Report[]> {
  const weights = await of.weights();
  return [{ type: "weights", step: of.steps, ...weights }, await glance(of)];
}

async function show(of: Session): Promise<void> {
  const seen = await looks(of);
  // The steps since the last time are told once: nothing may fail after them.
  tell({ type: "progress", ...(await of.progress()) }, ...seen);
}

/** Trains until it is told to pause, or the last epoch is over. */
async function run(of: Session): Promise<void> {
  of.resetClock();
  let [yielded, shown] = [performance.now(), 0];
  let keepAt = performance.now();
  while (running && !of.finished && !of.diverged) {
    const now = performance.now();
    const due = now - shown > showInterval;
    const epochEnded = await of.step();
    if (due || epochEnded) {
      await show(of);
      shown = now;
    }
    if (epochEnded && !of.diverged) await judge(of);
    if (now >= keepAt) {
      await show(of);
      const begun = performance.now();
      await of.keep();
      const taken = performance.now() - begun;
      keepAt = begun + Math.max(keepInterval, taken / keepShare);
    }
    if (now - yielded > yieldInterval) {
      await giveWay();
      yielded = performance.now();
    }
  }
  await show(of);
  await of.keep();
  tellDiverged(of);
}

function tellDiverged({ diverged }: Session): void {
  if (diverged) tell({ type: "diverged", step: diverged.step, loss: String(diverged.loss) });
}

/** A run that fails, for want of a number, say, ends; the page says why. */
function start(of: Session): void {
  running = true;
  state("running");
  busy = insist(of, () => run(of))
    .then(() => state(standing(of)))
    .catch((error: unknown) => {
      state("paused");
      tell({ type: "error", message: messageOf(error) });
    })
    .finally(() => {
      running = false;
    });
}

/** One step, by itself. */
async function step(of: Session): Promise<void> {
  const ended = await of.step();
  await show(of);
  tellDiverged(of);
  if (ended && !of.diverged) await judge(of);
  await of.keep();
  state(standing(of));
}

/** Shows and keeps what a lesson has changed. */
async function showTaught(of: Session): Promise<void> {
  await show(of);
  await judge(of);
  await of.keep();
}

/** Does something with the session between two steps of its run, which then goes on. */
async function between(of: Session, work: () => Promise<void>): Promise<void> {
  const wasRunning = running;
  running = false;
  await busy;
  await insist(of, work);
  if (wasRunning && !of.finished && !of.diverged) start(of);
  else state(of.steps > 0 ? standing(of) : "idle");
}

/** Takes the digits of files. */
async function take(found: EmbeddedDigits, names: readonly string[]): Promise<void> {
  digits = found;
  source = "files";
  classes = names;
  glanceAt = 0;
  if (experiment) await configure(experiment);
}

async function answer(request: Request): Promise<void> {
  if (request.type === "configure") {
    ({ allowSoftware, site } = request);
    return configure(request.experiment, { resume: request.resume });
  }
  if (request.type === "pause") {
    running = false;
    return;
  }
  if (request.type === "data") {
    return take(await (await later()).digitsFromFiles(request.files), digitNames);
  }
  if (request.type === "dataset") {
    const progress = (loaded: number, total: number): void => tell({ type: "loading", loaded, total });
    const found = await (await later()).fetchDataset(request.name, site, progress);
    return take(found, request.name === "mnist" ? digitNames : (await later()).fashionClasses);
  }
  if (request.type === "read" && request.drawingNow) lastRead = performance.now();
  if (request.type === "read" && request.by === "greeting") {
    return tell({ type: "reading", reading: await (await later()).greet(request.drawing) });
  }
  if (request.type === "import") {
    const loaded = (await later()).openModel(request.name, request.bytes);
    if (experiment) await configure(experiment, { loaded });
    return;
  }
  // It comes with the pointer, whatever the page has.
  if (request.type === "prepare" && !session) return;
  if (!session)
    throw new Error("There is no network: something went wrong while it was made. Reset it, or reload the page.");
  const of = session;
  if (request.type === "export") return insist(of, () => save(of));
  if (request.type === "glance") {
    glanceAt = request.at;
    return insist(of, async () => tell(await glance(of)));
  }
  if (request.type === "cell") {
    const { label, guess } = request;
    return tell({ type: "cell", label, guess, images: await of.cell(label, guess) });
  }
  if (request.type === "extend") {
    return between(of, async () => {
      await of.extend(request.epochs);
      experiment = of.experiment;
      tell({ type: "progress", ...(await of.progress()) });
    });
  }
  await engage(of);
  if (request.type === "run" && !running && !of.finished && !of.diverged) start(of);
  if (request.type === "step" && !running && !of.finished && !of.diverged) await insist(of, () => step(of));
  if (request.type === "read") {
    const { readDrawing } = await later();
    await insist(of, async () => tell({ type: "reading", reading: await readDrawing(of, request.drawing) }));
  }
  if (request.type === "teach") {
    const { teachDrawing } = await later();
    await between(of, async () => {
      await of.beginLesson();
      tell({ type: "reading", reading: await teachDrawing(of, request.drawing, request.label) });
      await showTaught(of);
    });
  }
  if (request.type === "unteach") {
    await between(of, async () => {
      if (await of.takeLessonsBack()) await showTaught(of);
    });
  }
}

async function save(of: Session): Promise<void> {
  const bytes = await (await later()).modelFile(of, source, imported);
  scope.postMessage([{ type: "file", bytes }], [bytes.buffer]);
}

let queue: Promise<void> = Promise.resolve();
addEventListener("message", ({ data: request }: MessageEvent<Request>) => {
  if (request.type === "pause") running = false;
  queue = queue
    .then(() => answer(request))
    .catch((error: unknown) => tell({ type: "error", message: messageOf(error) }));
});
