/**
 * Waits for all of them, as `Promise.all` does, but to the end of each; if several fail, the first in their order is thrown and
 * not the first in time. So the same files give the same message, and nothing is still being read when it comes.
 */
export async function all<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  await Promise.allSettled(promises);
  for (const promise of promises) await promise;
  return Promise.all(promises);
}
