import { contiguousStrides, type Methods, sizeOf } from "@dlcc/tensor";
import * as codes from "./codes.ts";
import { addressOf, allocate, bytesOf, chunksFor, codeOf, type Device, withBlock } from "./device.ts";
import { dense, forEachPlane, forEachStack } from "./planes.ts";

/** Bytes of a total, which is a double. */
const totalBytes = 8;

/** The reductions of a device. */
export const reductions = (device: Device): Pick<Methods, "reduce" | "argmax"> => ({
  /** The totals are walked through beside the input, with stride 0 along the axes that go: each element meets its place. */
  reduce(op, x, axes) {
    const { kernels } = device;
    const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    const strides = contiguousStrides(shape).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
    const size = sizeOf(shape);
    const bytes = bytesOf(x.dtype);
    const float = x.dtype === "float32" ? 1 : 0;
    const start = addressOf(x);
    const out = allocate(device, x.dtype, size);
    withBlock(device, size * totalBytes, ({ pointer }) => {
      kernels.startTotals(codeOf[op], size, pointer);
      forEachStack(x.shape, [x, { strides }], "near", (planes, rows, n, [p, t]) => {
        device.run(codes.reduceJob, chunksFor(device, planes * rows * n), [
          ...[codeOf[op], planes, rows, n, float, bytes],
          ...[start + p.start * bytes, p.plane, p.row, p.step],
          ...[pointer + t.start * totalBytes, t.plane, t.row, t.step],
        ]);
      });
      kernels.endTotals(size, pointer, float, bytes, out.pointer);
    });
    return out;
  },

  argmax(x, axis) {
    const without = (list: readonly number[]): number[] => list.filter((_, i) => i !== axis);
    const shape = without(x.shape);
    const out = allocate(device, "int32", sizeOf(shape));
    const [length, step] = [x.shape[axis] as number, x.strides[axis] as number];
    const float = x.dtype === "float32" ? 1 : 0;
    forEachPlane(shape, [{ strides: without(x.strides) }, dense(shape)], (rows, n, [p, o]) => {
      // The kernel's rows are the elements that stay.
      for (let row = 0; row < rows; row++) {
        const from = addressOf(x) + 4 * (p.start + row * p.row);
        device.kernels.argmax(n, length, float, from, p.step, step, out.pointer + 4 * (o.start + row * o.row));
      }
    });
    return out;
  },
});
