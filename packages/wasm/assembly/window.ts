/** Sliding windows: what carries convolution and pooling. */

/** ⌈a / b⌉ for b > 0. */
function divideUp(a: i32, b: i32): i32 {
  return a > 0 ? (a + b - 1) / b : -(-a / b);
}

/**
 * Moves numbers between images `[images, channels, height, width]` and patches `[images, channels · taps, positions]`:
 * for each tap of the window, the row of positions at which it falls inside the image. Forwards (`unfold`) it copies
 * image to patches; backwards (`fold`) it adds patches to the image.
 */
export function slide(
  backwards: bool, images: i32, channels: i32, height: i32, width: i32, rows: i32, columns: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32,
  top: i32, left: i32, dilationY: i32, dilationX: i32,
  image: usize, imageN: i32, imageC: i32, imageY: i32, imageX: i32,
  patches: usize, patchN: i32, patchTap: i32, patchStep: i32,
): void {
  const taps = kernelHeight * kernelWidth;
  const imageStep = (strideX * imageX) << 2;
  const step = patchStep << 2;
  for (let n = 0; n < images; n++) {
    for (let c = 0; c < channels; c++) {
      for (let tap = 0; tap < taps; tap++) {
        const y0 = (tap / kernelWidth) * dilationY - top;
        const x0 = (tap % kernelWidth) * dilationX - left;
        // Columns at which 0 ≤ column · stride + x0 < width.
        const first = max(0, divideUp(-x0, strideX));
        const count = min(columns, divideUp(width - x0, strideX)) - first;
        if (count <= 0) continue;
        for (let row = 0; row < rows; row++) {
          const y = row * strideY + y0;
          if (y < 0 || y >= height) continue;
          let at = image + ((n * imageN + c * imageC + y * imageY + (first * strideX + x0) * imageX) << 2);
          let patch = patches + ((n * patchN + (c * taps + tap) * patchTap + (row * columns + first) * patchStep) << 2);
          if (backwards) {
            for (let i = 0; i < count; i++, at += imageStep, patch += step) store<f32>(at, load<f32>(at) + load<f32>(patch));
          } else if (imageStep == 4 && step == 4) memory.copy(patch, at, count << 2);
          else for (let i = 0; i < count; i++, at += imageStep, patch += step) store<f32>(patch, load<f32>(at));
        }
      }
    }
  }
}
