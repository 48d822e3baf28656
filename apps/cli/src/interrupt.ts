/** The shell's exit code for a program that Ctrl-C ended. */
export const interruptedExitCode = 130;

/** A signal that Ctrl-C aborts, until `end` is called. A second Ctrl-C ends the program at once, as usual. */
export function untilInterrupted(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const onInterrupt = (): void => controller.abort();
  process.once("SIGINT", onInterrupt);
  return { signal: controller.signal, end: () => void process.removeListener("SIGINT", onInterrupt) };
}
