/** Bytes that come in chunks, and only as they are asked for. */

/** How many bytes a chunk of one's own has: 64 KiB, as many as files and networks usually give. */
export const chunkBytes: number = 2 ** 16;

/** The chunks of a web stream. Whoever stops early cancels it. */
export async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  // Not every browser can loop over a stream.
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Bytes as a web stream, without a copy. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + chunkBytes) as Uint8Array<ArrayBuffer>);
      at += chunkBytes;
    },
  });
}

/** Fills an array from chunks. @returns How many bytes it got, and whether more came than it holds. */
export async function fill(
  into: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly got: number; readonly more: boolean }> {
  let got = 0;
  for await (const chunk of chunks) {
    const fits = chunk.subarray(0, into.length - got);
    into.set(fits, got);
    got += fits.length;
    if (fits.length < chunk.length) return { got, more: true };
  }
  return { got, more: false };
}
