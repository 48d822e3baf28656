/** A library's functions, behind calls that take addresses and give requests. */
import { MpiError } from "./error.ts";
import type { Foreign, Library, Opener } from "./foreign.ts";
import type { Constants, Known } from "./libraries.ts";

/** The types that travel. */
export type Type = "byte" | "int32" | "float32" | "float64";

/** How values of several ranks become one. */
export type Reduction = "sum" | "min" | "max";

/** Bytes of each type. */
const bytesOf: Readonly<Record<Type, number>> = { byte: 1, int32: 4, float32: 4, float64: 8 };

/** A call that is under way. It is done when `test` says so, once. */
export type Request = number;

/** A library that was started. */
export interface Mpi {
  /** Such as `Open MPI 4.1.4`. */
  readonly title: string;
  readonly file: string;
  /** What the library reads and writes, as long as it is used. */
  readonly memory: readonly ArrayBufferView[];
  readonly rank: number;
  readonly size: number;
  /** Adds up in place: all ranks get the result. */
  allReduce(at: number, count: number, type: Type, reduction: Reduction): Request;
  broadcast(at: number, count: number, type: Type, root: number): Request;
  /** Rank r's `count` elements come to `to`, as the r-th part; on the root alone. */
  gather(from: number, to: number, count: number, type: Type, root: number): Request;
  /** As `gather`, but on all ranks; each has put its part in its place. */
  allGather(to: number, count: number, type: Type): Request;
  /** Part r of `from` goes to rank r, and comes to be the part of this rank there. */
  allToAll(from: number, to: number, count: number, type: Type): Request;
  /** @param ending Whether it is the one at the end, which meets no other call. */
  barrier(ending?: boolean): Request;
  /** Whether it is done. */
  test(request: Request): boolean;
  /** Ends all ranks. */
  abort(code: number): void;
  /** Waits for all ranks, and ends MPI. */
  finalize(): void;
}

/** So many calls may be under way at once. */
const mostRequests = 1024;
/** The longest MPI_Status, of the standard ABI, has 32 bytes; MPI_Request at most 8. */
const [statusBytes, requestBytes] = [64, 8];

/** Starts a library, and tests its constants. @throws {MpiError} if it lacks a function, or computes wrongly. */
export function bind(opener: Opener, library: Library, file: string, { title, constants: c }: Known): Mpi {
  const { address } = opener;
  const find = (prototype: string): Foreign => {
    const f = library.find(prototype);
    if (f) return f;
    const name = /(\w+)\(/.exec(prototype)?.[1] ?? prototype;
    throw new MpiError(`createWorld: ${file} (${title}) must have ${name}, which is in MPI 3: use a newer library`);
  };
  const h = c.handle;
  const check = (name: string, code: number): void => {
    if (code !== 0) throw new MpiError(`${name}: ${title} must do it, got its error ${code}`);
  };
  const answer = new Int32Array(2);
  const answerAt = address(answer);
  const ask = (name: string, handle: number): number => {
    check(name, find(`int ${name}(${h} handle, uintptr_t answer)`)(handle, answerAt));
    return answer[0] ?? -1;
  };

  start(find, answer, answerAt, c, check);
  // A library whose constants are others' would take one thing for another.
  for (const [type, bytes] of Object.entries(bytesOf)) {
    const size = ask("MPI_Type_size", c[type as Type]);
    if (size !== bytes) throw new MpiError(`createWorld: ${type} must have ${bytes} bytes in ${title}, got ${size}`);
  }
  const rank = ask("MPI_Comm_rank", c.world);
  const size = ask("MPI_Comm_size", c.world);
  if (!(size >= 1 && rank >= 0 && rank < size)) {
    throw new MpiError(`createWorld: ${title} must have a rank below its number of ranks, got ${rank} of ${size}`);
  }

  const requests = new BigInt64Array(mostRequests);
  const requestsAt = address(requests);
  const free: Request[] = Array.from({ length: mostRequests }, (_, i) => mostRequests - 1 - i);
  const flag = new Int32Array(1);
  const flagAt = address(flag);
  const status = new Uint8Array(statusBytes);
  const statusAt = address(status);
  const under = (name: string, call: (at: number) => number): Request => {
    const request = free.pop();
    if (request === undefined) throw new MpiError(`${name}: at most ${mostRequests} calls may be under way at once`);
    check(name, call(requestsAt + requestBytes * request));
    return request;
  };

  // Calls on another communicator meet each other alone.
  const copy = new BigInt64Array(1);
  check("MPI_Comm_dup", find(`int MPI_Comm_dup(${h} world, uintptr_t copy)`)(c.world, address(copy)));
  const end = h === "int" ? (new Int32Array(copy.buffer)[0] ?? 0) : Number(copy[0]);

  const allReduce = find(
    `int MPI_Iallreduce(intptr_t from, uintptr_t to, int count, ${h} type, ${h} op, ${h} world, uintptr_t request)`,
  );
  const broadcast = find(`int MPI_Ibcast(uintptr_t at, int count, ${h} type, int root, ${h} world, uintptr_t request)`);
  const gather = find(
    `int MPI_Igather(uintptr_t from, int n, ${h} t, uintptr_t to, int count, ${h} type, int root, ${h} world, uintptr_t request)`,
  );
  const allGather = find(
    `int MPI_Iallgather(intptr_t from, int n, ${h} t, uintptr_t to, int count, ${h} type, ${h} world, uintptr_t request)`,
  );
  const allToAll = find(
    `int MPI_Ialltoall(uintptr_t from, int n, ${h} t, uintptr_t to, int count, ${h} type, ${h} world, uintptr_t request)`,
  );
  const barrier = find(`int MPI_Ibarrier(${h} world, uintptr_t request)`);
  const test = find("int MPI_Test(uintptr_t request, uintptr_t flag, uintptr_t status)");
  const abort = find(`int MPI_Abort(${h} world, int code)`);
  const finalize = find("int MPI_Finalize()");
  return {
    // The library has their addresses alone, which keep nothing from the garbage collector.
    memory: [answer, requests, flag, status],
    title,
    file,
    rank,
    size,
    allReduce: (at, count, type, reduction) =>
      under("allReduce", (request) => allReduce(c.inPlace, at, count, c[type], c[reduction], c.world, request)),
    broadcast: (at, count, type, root) =>
      under("broadcast", (request) => broadcast(at, count, c[type], root, c.world, request)),
    gather: (from, to, count, type, root) =>
      under("gather", (request) => gather(from, count, c[type], to, count, c[type], root, c.world, request)),
    allGather: (to, count, type) =>
      under("allGather", (request) => allGather(c.inPlace, count, c[type], to, count, c[type], c.world, request)),
    allToAll: (from, to, count, type) =>
      under("allToAll", (request) => allToAll(from, count, c[type], to, count, c[type], c.world, request)),
    barrier: (ending = false) => under("barrier", (request) => barrier(ending ? end : c.world, request)),
    test(request) {
      check("MPI_Test", test(requestsAt + requestBytes * request, flagAt, statusAt));
      if (flag[0] === 0) return false;
      free.push(request);
      return true;
    },
    abort: (code) => void abort(c.world, code),
    finalize: () => check("MPI_Finalize", finalize()),
  };
}

/** Starts MPI, once in a process. */
function start(
  find: (prototype: string) => Foreign,
  answer: Int32Array,
  answerAt: number,
  { funneled }: Constants,
  check: (name: string, code: number) => void,
): void {
  const is = (name: string): boolean => {
    check(name, find(`int ${name}(uintptr_t flag)`)(answerAt));
    return answer[0] !== 0;
  };
  if (is("MPI_Finalized")) {
    throw new MpiError("createWorld: a world must be created once in a process, got another one after close()");
  }
  if (is("MPI_Initialized")) return;
  const init = find("int MPI_Init_thread(uintptr_t argc, uintptr_t argv, int required, uintptr_t provided)");
  // Other threads compute and read files; this one alone calls MPI.
  check("MPI_Init_thread", init(0, 0, funneled, answerAt));
}
