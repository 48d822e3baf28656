import { availableParallelism, cpus } from "node:os";

/** The machine that this program runs on, for people. */
export const machine = (): string =>
  `${cpus()[0]?.model.trim() || process.arch}, ${availableParallelism()} cores, Node ${process.versions.node}`;
