import { BackendError } from "@dlcc/tensor";

/** What went wrong, for people. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether an error says that the system took the graphics card away. */
export const isLost = (error: unknown): boolean =>
  error instanceof BackendError && /the device was lost/.test(error.message);
