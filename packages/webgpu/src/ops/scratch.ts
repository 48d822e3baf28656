import type { Device } from "../device.ts";
import { Scratch } from "../scratch.ts";
import { copy } from "./elementwise.ts";

/** Runs `fn` with a scratch. */
export function withScratch<T>(device: Device, fn: (scratch: Scratch) => T): T {
  const scratch = new Scratch(device, (view) => copy(device, view));
  try {
    return fn(scratch);
  } finally {
    scratch.end();
  }
}
