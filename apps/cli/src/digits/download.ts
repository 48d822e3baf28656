import { open } from "node:fs/promises";
import { DlccError } from "@dlcc/tensor";
import { contentFault } from "./content.ts";
import type { DataFile } from "./mnist-files.ts";

/** How long a mirror is waited for. */
export interface Patience {
  /** The milliseconds that it has to answer. */
  readonly answer: number;
  /** The milliseconds that it has to send the next bytes; and after which it is held to the rate. */
  readonly bytes: number;
  /** The bytes a second that it must send on average: one that drips is given up, too. */
  readonly rate: number;
}

/** The options of a download. */
export interface DownloadOptions {
  readonly mirrors: readonly string[];
  readonly patience: Patience;
  /** Aborts it. */
  readonly signal: AbortSignal;
  /** Called with the bytes received so far, and the total if the mirror gave it. */
  readonly onBytes: (received: number, total: number | undefined) => void;
}

/** No mirror has the file. There is a reason for each mirror. */
export class DownloadError extends DlccError {
  override readonly name = "DownloadError";

  constructor(file: string, reasons: readonly string[], options?: ErrorOptions) {
    super(`${file} can't be downloaded: ${reasons.join("; ")}`, options);
  }
}

/** A failure of one mirror: the next one may work. */
class MirrorError extends Error {}

/** No download is larger than the content plus this, which allows for gzip's own bytes. */
const slack = 1 << 16;

/**
 * Downloads a file to a path, from the first mirror whose content is right.
 *
 * @throws {DownloadError} if none has it. @throws the signal's reason, once it is aborted.
 */
export async function download(file: DataFile, path: string, options: DownloadOptions): Promise<void> {
  const reasons: string[] = [];
  let cause: unknown;
  for (const mirror of options.mirrors) {
    try {
      await receive(new URL(`${file.name}.gz`, mirror), file, path, options);
      const fault = await contentFault(path, file);
      if (fault === undefined) return;
      reasons.push(`${new URL(mirror).host}: ${fault}`);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof MirrorError)) throw error;
      cause = error.cause;
      reasons.push(`${new URL(mirror).host}: ${error.message}`);
    }
  }
  throw new DownloadError(file.name, reasons, { cause });
}

/** Downloads an address to a path. */
async function receive(url: URL, { bytes }: DataFile, path: string, options: DownloadOptions): Promise<void> {
  const { patience, signal, onBytes } = options;
  const silence = new Silence();
  try {
    silence.allow(patience.answer, `no answer within ${patience.answer / 1000} s`);
    const response = await answer(url, AbortSignal.any([signal, silence.signal]));
    const total = Number(response.headers.get("content-length")) || undefined;
    const file = await open(path, "w");
    try {
      let received = 0;
      const began = performance.now();
      for await (const chunk of chunksOf(response)) {
        silence.allow(patience.bytes, `nothing came for ${patience.bytes / 1000} s`);
        received += chunk.length;
        if (received > bytes + slack) throw new MirrorError("it sends more bytes than the file has");
        const elapsed = performance.now() - began;
        if (elapsed > patience.bytes && (1000 * received) / elapsed < patience.rate) {
          throw new MirrorError(`it sends less than ${patience.rate} bytes a second`);
        }
        await file.write(chunk);
        onBytes(received, total);
      }
    } finally {
      await file.close();
    }
  } finally {
    silence.end();
  }
}

async function answer(url: URL, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw fetchError(error, signal);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new MirrorError(`it answers ${response.status} ${response.statusText}`.trimEnd());
}

async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array, void> {
  const reader = body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw fetchError(error);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Aborts a request after too long a silence. */
class Silence {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Restarts the clock: the next bytes must come within so many milliseconds. */
  allow(milliseconds: number, message: string): void {
    this.end();
    this.#timer = setTimeout(() => this.#controller.abort(new MirrorError(message)), milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** The meanings of the system's codes for the commonest failures. */
const meanings: Readonly<Record<string, string>> = {
  ENOTFOUND: "unknown host (is the network on?)",
  EAI_AGAIN: "its name can't be looked up (is the network on?)",
  ECONNREFUSED: "it refuses the connection",
  ECONNRESET: "it broke off the connection",
  ENETUNREACH: "the network is unreachable",
  EHOSTUNREACH: "it can't be reached",
  ETIMEDOUT: "no answer",
  UND_ERR_SOCKET: "it broke off the connection",
};

/** A fetch error with the reason from its cause: its own message is only "fetch failed". */
function fetchError(error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof MirrorError) return error;
  if (signal?.aborted) return signal.reason;
  const causes = [error, (error as Error).cause, ...((error as { cause?: AggregateError }).cause?.errors ?? [])];
  const codes = causes.map((cause) => (cause as NodeJS.ErrnoException | undefined)?.code ?? "");
  const code = codes.find((known) => Object.hasOwn(meanings, known));
  const said = causes.at(-1) instanceof Error ? (causes.at(-1) as Error).message : String(error);
  return new MirrorError(code === undefined ? said : meanings[code], { cause: error });
}
