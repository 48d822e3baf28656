import { show } from "./errors.ts";
import { sizeOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** How many of an axis' elements stand at each end where the middle is left out, and from which size on it is. */
const edge = 3;
const longest = 1000;

/** A number as tensors print it: six significant digits at most. */
const format = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));

/** A tensor as text: `Tensor float32 [2,2] on cpu`, and the values below where they can be read at once. */
export function summarize(t: Tensor): string {
  const title = `Tensor ${t.dtype} ${show(t.shape)} on ${t.backend.name}`;
  if (t.disposed) return `${title} (disposed)`;
  if (!t.backend.readSync) return `${title} (its values: await t.data())`;
  const data = t.dataSync();
  const short = data.length > longest;
  const visible = (length: number): (number | undefined)[] => {
    const all = [...Array(length).keys()];
    return short && length > 2 * edge ? [...all.slice(0, edge), undefined, ...all.slice(-edge)] : all;
  };

  let width = 0;
  const layOut = (axis: number, offset: number): string => {
    if (axis === t.rank) {
      const cell = t.dtype === "bool" ? String(data[offset] === 1) : format(data[offset] as number);
      width = Math.max(width, cell.length);
      return cell.padStart(t.rank > 1 ? width : 0);
    }
    const stride = sizeOf(t.shape.slice(axis + 1));
    const parts = visible(t.shape[axis] as number).map((i) =>
      i === undefined ? "…" : layOut(axis + 1, offset + i * stride),
    );
    const depth = t.rank - axis - 1;
    return `[${parts.join(depth === 0 ? ", " : `,${"\n".repeat(depth)}${" ".repeat(axis + 1)}`)}]`;
  };
  layOut(0, 0); // Measures the widest number; the next one uses it.
  return `${title}\n${layOut(0, 0)}`;
}
