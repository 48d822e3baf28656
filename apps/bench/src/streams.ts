/**
 * Training on more than fits into memory, against the same training from memory: IDX files of some gigabytes, and a CSV file. How fast
 * a step is, and how much memory the command takes at its peak; preparing and judging are part of neither time.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { megabytes, type Run, trainer } from "./command.ts";

const { values: options } = parseArgs({
  options: {
    idx: { type: "string", default: "4" },
    csv: { type: "string", default: "2" },
    folder: { type: "string", default: tmpdir() },
    threads: { type: "string", default: "1" },
  },
});

const gigabyte = 1e9;
const pixels = 28 * 28;
/** The digits that are written again and again: as many as MNIST has for the test. */
const digits = 10_000;
/** Of the memory that a run may take beyond what one with few examples takes, in bytes. */
const allowance = 300e6;
/** Of the speed from memory. */
const share = 0.8;

const folder = mkdtempSync(path.join(options.folder, "dlcc-streams-"));
const train = trainer({ cache: folder, threads: options.threads });

/** Writes a part several times over. */
function write(file: string, head: Uint8Array, part: Uint8Array, times: number): void {
  const descriptor = openSync(file, "w");
  for (const bytes of [head, ...new Array<Uint8Array>(times).fill(part)]) {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  }
  closeSync(descriptor);
}

const header = (...shape: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * shape.length);
  bytes.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) bytes.writeUInt32BE(length, 4 + 4 * axis);
  return bytes;
};

/** A folder in MNIST's format: noise, with ink in two rows that depend on the digit. @param times How many times 10,000 digits. */
function writeDigits(name: string, times: number): string {
  const target = path.join(folder, name);
  mkdirSync(target);
  const labels = Uint8Array.from({ length: digits }, (_, i) => i % 10);
  const images = Uint8Array.from({ length: digits * pixels }, (_, i) => {
    const [digit, row] = [Math.floor(i / pixels) % 10, Math.floor(i / 28) % 28];
    return row >> 1 === digit ? 200 : ((i * 2654435761) >>> 24) & 63;
  });
  for (const [part, count] of [
    ["train", times],
    ["t10k", 1],
  ] as const) {
    write(path.join(target, `${part}-images-idx3-ubyte`), header(digits * count, 28, 28), images, count);
    write(path.join(target, `${part}-labels-idx1-ubyte`), header(digits * count), labels, count);
  }
  return target;
}

/** A table of ten numbers and their weighted sum. @param bytes About how long it is. */
function writeTable(name: string, bytes: number): string {
  const target = path.join(folder, name);
  const rows = Array.from({ length: digits }, (_, i) => {
    const numbers = Array.from({ length: 10 }, (_, k) => Math.sin(i * (k + 1) * 12.9898) * 43.7585);
    const sum = numbers.reduce((all, value, k) => all + value * (k - 4), 0);
    return [...numbers, sum].map((value) => value.toFixed(5)).join(",");
  });
  const part = Buffer.from(`${rows.join("\n")}\n`);
  const names = `${rows[0]?.split(",").map((_, k) => (k < 10 ? `x${k}` : "y"))}\n`;
  write(target, Buffer.from(names), part, Math.max(1, Math.round(bytes / part.length)));
  return target;
}

/** Prints the runs: few examples from memory and in parts, and many in parts. @returns Whether many are treated well. */
function compare(title: string, memory: Run, few: Run, many: Run): boolean {
  const line = (name: string, run: Run): void =>
    console.log(
      `  ${name.padEnd(26)}${run.step.toFixed(3)} ms a step, ${megabytes(run.memory)} at the peak; ${run.steps} steps; in all ${run.seconds.toFixed(0)} s, ${run.cpu.toFixed(0)} s of the processor`,
    );
  console.log(title);
  line("few, from memory", memory);
  line("few, read in parts", few);
  line("many, read in parts", many);
  const [speed, more] = [memory.step / many.step, many.memory - Math.min(few.memory, memory.memory)];
  console.log(`  many: ${(100 * speed).toFixed(0)} % of the speed from memory, ${megabytes(more)} more than few`);
  return speed >= share && more <= allowance;
}

try {
  const verdicts: boolean[] = [];
  if (Number(options.idx) > 0) {
    const few = writeDigits("few", 6);
    const many = writeDigits("many", Math.ceil((Number(options.idx) * gigabyte) / (digits * pixels)));
    const epochs = (folderOf: string, n: number): string[] => ["mnist", "--data", folderOf, "--epochs", String(n)];
    verdicts.push(
      compare(
        `IDX, ${options.idx} GB: 784-128-10, batches of 64`,
        train(...epochs(few, 20), "--no-stream"),
        train(...epochs(few, 20), "--stream"),
        train(...epochs(many, 1)),
      ),
    );
    rmSync(many, { recursive: true });
  }
  if (Number(options.csv) > 0) {
    const few = writeTable("few.csv", 10e6);
    const many = writeTable("many.csv", Number(options.csv) * gigabyte);
    const epochs = (file: string, n: number): string[] => ["csv", file, "--target", "y", "--epochs", String(n)];
    verdicts.push(
      compare(
        `CSV, ${options.csv} GB: 10-32-1, batches of 64`,
        train(...epochs(few, 20), "--no-stream"),
        train(...epochs(few, 20), "--stream"),
        train(...epochs(many, 1)),
      ),
    );
  }
  process.exitCode = verdicts.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
