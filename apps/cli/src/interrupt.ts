/** Signals that ask the program to end: it saves what it has first. */
import { constants } from "node:os";

/** Ctrl-C, `kill`, a terminal that closes, Ctrl-\\. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Those of the keyboard: the second one means now. */
const keyboard = ["SIGINT", "SIGQUIT"] as const;

/** So long, in milliseconds, one press may come twice: from the terminal, and from npm, which hands it on. */
const samePress = 300;

/** The exit code of a shell for a program that a signal ended: 128, and its number. */
const exitCodeOf = (name: (typeof signals)[number]): number => 128 + constants.signals[name];

/** Waits for a signal that asks the program to end. */
export interface Interrupt {
  /** Aborts when one has come. */
  readonly signal: AbortSignal;
  /** What has come, for people: `interrupted`, or `interrupted by SIGTERM`. */
  readonly what: string;
  /** The exit code for it. */
  readonly exitCode: number;
  /** From now on, signals end the program at once, as usual. */
  end(): void;
}

/**
 * Waits for SIGINT (Ctrl-C), SIGTERM, SIGHUP or SIGQUIT, until `end` is called. A second Ctrl-C ends the program at once;
 * a second SIGTERM or SIGHUP does not, as a closing terminal sends several.
 */
export function untilInterrupted(): Interrupt {
  const controller = new AbortController();
  let by: (typeof signals)[number] | undefined;
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Map(
    signals.map((name) => [
      name,
      () => {
        if (by !== undefined) return;
        by = name;
        // Without a listener, the system ends the process, however busy it is.
        timer = setTimeout(() => forget(keyboard), samePress).unref();
        controller.abort();
      },
    ]),
  );
  const forget = (names: readonly (typeof signals)[number][]): void => {
    for (const name of names) process.removeListener(name, listeners.get(name) ?? (() => {}));
  };
  for (const [name, listener] of listeners) process.on(name, listener);
  return {
    signal: controller.signal,
    get what() {
      return by === undefined || by === "SIGINT" ? "interrupted" : `interrupted by ${by}`;
    },
    get exitCode() {
      return exitCodeOf(by ?? "SIGINT");
    },
    end() {
      clearTimeout(timer);
      forget(signals);
    },
  };
}
