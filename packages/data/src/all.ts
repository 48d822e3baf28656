/**
 * Waits for all of them, as `Promise.all` does, but to the end of each; if several fail, the first in their order is thrown and
 * not the first in time. So the same files give the same message, and nothing is still being read when it comes.
 */
export async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
