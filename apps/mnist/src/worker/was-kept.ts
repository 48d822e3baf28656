/** The name of the database in which the browser keeps a run. */
export const database = "dlcc-mnist";

/** Whether there may be one: asked before the code is loaded that reads it. A browser that can't list them may have it. */
export async function wasKept(): Promise<boolean> {
  try {
    const found = await indexedDB.databases?.();
    return found?.some(({ name }) => name === database) ?? true;
  } catch {
    return false; // The page is not allowed to keep anything.
  }
}
