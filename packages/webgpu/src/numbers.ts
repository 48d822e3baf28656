import type { BackendError } from "@dlcc/tensor";
import type { Block } from "./pool.ts";

/** A storage: numbers on the device, or still to come, or never to come. Each takes four bytes. */
export class Numbers {
  /** How many. */
  readonly size: number;
  /** Where they are, once the job that makes them has run. */
  block: Block | undefined;
  /** Why there will be none: the job that makes them failed, or one that it depends on. */
  failure: BackendError | undefined;
  /** Of numbers that came from the host as `int32`: a copy, by which indices are checked and sorted. */
  host: Int32Array | undefined;
  /** What was made of them once, for as long as they live, such as the order of indices. */
  derived: Map<string, readonly Numbers[]> | undefined;
  /** What tells whether an index was outside its axis: looked at when these numbers are read, or what was made of them. */
  doubts: readonly Doubt[] = [];
  /** Whether they were freed. */
  freed: boolean = false;

  constructor(size: number) {
    this.size = size;
  }

  /** The bytes that kernels see: whole vectors of four. */
  get bytes(): number {
    return Math.max(16, Math.ceil(this.size / 4) * 16);
  }
}

/** A word on the device that is not 0 if an op met an index outside its axis. */
export interface Doubt {
  readonly word: Numbers;
  readonly message: string;
  /** How many storages carry it. */
  carriers: number;
}
