import { contiguousStrides, type Methods, sizeOf } from "@dlcc/tensor";
import { addressOf, allocate, bytesOf, type Device, withBlock } from "./device.ts";
import { forEachPlane } from "./planes.ts";

/** Bytes of a key and a place, of which the kernel sorts two copies. */
const pairBytes = 8;

/** What puts into order, on a device. */
export const order = (device: Device): Pick<Methods, "argsort"> => ({
  argsort(x, axis, descending) {
    const without = (list: readonly number[]): number[] => list.filter((_, i) => i !== axis);
    const strides = contiguousStrides(x.shape);
    const [length, step, outStep] = [x.shape[axis], x.strides[axis], strides[axis]] as [number, number, number];
    const bytes = bytesOf(x.dtype);
    const float = x.dtype === "float32" ? 1 : 0;
    const out = allocate(device, "int32", sizeOf(x.shape));
    const operands = [{ strides: without(x.strides) }, { strides: without(strides) }] as const;
    withBlock(device, 2 * pairBytes * length, ({ pointer }) => {
      forEachPlane(without(x.shape), operands, (rows, n, [p, o]) => {
        for (let row = 0; row < rows; row++) {
          for (let i = 0; i < n; i++) {
            const from = addressOf(x) + bytes * (p.start + row * p.row + i * p.step);
            const to = out.pointer + 4 * (o.start + row * o.row + i * o.step);
            device.kernels.argsort(length, bytes, float, descending ? 1 : 0, from, step, pointer, to, outStep);
          }
        }
      });
    });
    return out;
  },
});
