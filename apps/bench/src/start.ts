/** What `npm run bench` runs: the race of main.ts, or the benchmark that its first word names. */
const others: Readonly<Record<string, () => Promise<unknown>>> = {
  convolution: () => import("./convolution.ts"),
  gpu: () => import("./gpu/main.ts"),
  memory: () => import("./memory.ts"),
  mnist: () => import("./mnist.ts"),
  ranks: () => import("./ranks.ts"),
  overhead: () => import("./overhead.ts"),
  streams: () => import("./streams.ts"),
  tables: () => import("./tables.ts"),
};

const other = others[process.argv[2] ?? ""];
// Each of them reads its own options.
if (other) process.argv.splice(2, 1);
await (other ? other() : import("./main.ts"));

export {};
