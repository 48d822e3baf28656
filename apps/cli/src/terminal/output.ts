/** The program's output, which may end before the program does. */
import type { Writable } from "node:stream";
import { printable } from "@dlcc/tensor";

/**
 * Goes on working when nothing more can be written: a model that is being trained should still be saved. The reader may
 * stop before the end, as `head` does: that is not an error. A full disk under standard output is said once.
 *
 * @returns Whether some of the output was lost.
 */
export function survive(stdout: Writable, stderr: Writable): { readonly lost: boolean } {
  const state = { lost: false };
  stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE" || state.lost) return;
    state.lost = true;
    stderr.write(`dlcc: the output can't be written: ${printable(message)}. The work goes on\n`);
  });
  // Nowhere is left to say it.
  stderr.on("error", () => {});
  return state;
}
