import type { Backend, DType, Operand } from "@dlcc/tensor";
import { wrap } from "./wrap.ts";

/** A call that a recording backend saw. */
export interface RecordedCall {
  /** The op's name, or `upload`, `read`, `free`, `flush`. */
  readonly op: string;
  /** What it takes besides tensors. */
  readonly attributes: object;
  /** The tensors that it takes, and the numbers in the place of tensors. */
  readonly inputs: readonly (
    | number
    | {
        /** The type of the elements. */
        readonly dtype: DType;
        /** The lengths of the axes. */
        readonly shape: readonly number[];
      }
  )[];
}

/** A backend that writes down what it is asked for. */
export interface RecordingBackend extends Backend {
  /** All calls since the beginning, or since `clear`. */
  readonly calls: readonly RecordedCall[];
  /** The ops as text, one a line, such as `sum(float32 [2,3]) axes=[1]`; without uploads, reads and the like. */
  dump(): string;
  /** Forgets the calls. */
  clear(): void;
}

const storageCalls: ReadonlySet<string> = new Set(["upload", "read", "free", "flush"]);

function line({ op, attributes, inputs }: RecordedCall): string {
  const operands = inputs
    .map((input) => (typeof input === "number" ? String(input) : `${input.dtype} [${input.shape.join(",")}]`))
    .join(", ");
  const rest = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return [`${op}(${operands})`, ...rest.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(" ");
}

/**
 * A backend that writes down each call before it hands it on. It can't be read synchronously, so that a test on it shows
 * that a program would work on a GPU, too.
 *
 * @example
 * ```ts
 * import { cpu, tensor } from "@dlcc/tensor";
 * import { recording } from "@dlcc/testing";
 *
 * const backend = recording(cpu);
 * tensor([[1, 2], [3, 4]], { backend }).exp().sum(1);
 * console.log(backend.dump());
 * // → exp(float32 [2,2])
 * // → sum(float32 [2,2]) axes=[1]
 * ```
 */
export function recording(backend: Backend): RecordingBackend {
  const calls: RecordedCall[] = [];
  const record = (op: string, inputs: readonly Operand[] = [], attributes: object = {}): void => {
    calls.push({
      op,
      attributes,
      inputs: inputs.map((input) => (typeof input === "number" ? input : { dtype: input.dtype, shape: input.shape })),
    });
  };
  const { readSync: _, ...wrapped } = wrap(backend, ({ op, inputs, attributes }, run) => {
    record(op, inputs, attributes);
    return run(inputs);
  });
  return {
    ...wrapped,
    name: `recording ${backend.name}`,
    upload(data, dtype) {
      record("upload", [], { dtype, size: data.length });
      return backend.upload(data, dtype);
    },
    read(view) {
      record("read", [view]);
      return backend.read(view);
    },
    free(storage) {
      record("free");
      backend.free(storage);
    },
    flush() {
      record("flush");
      return backend.flush();
    },
    calls,
    dump: () =>
      calls
        .filter(({ op }) => !storageCalls.has(op))
        .map(line)
        .join("\n"),
    clear() {
      calls.length = 0;
    },
  };
}
