/** How much memory a page and its workers use, asked of the engine: right after a garbage collection. */

/** @typedef {import("playwright").Page} Page */

/**
 * Attaches to a page that has its workers already.
 *
 * @param {Page} page
 * @returns {Promise<() => Promise<{ page: number, worker: number }>>} What tells how many bytes the heaps and their buffers take now:
 *   those of the page, and those of its workers together.
 */
export async function heapsOf(page) {
  const session = await page.context().newCDPSession(page);
  /** @type {Map<number, (result: any) => void>} */
  const waiting = new Map();
  /** @type {string[]} */
  const workers = [];
  session.on("Target.attachedToTarget", ({ sessionId }) => workers.push(sessionId));
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message);
    waiting.get(id)?.(result);
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });

  let asked = 0;
  const askWorker = (/** @type {string} */ sessionId, /** @type {string} */ method) =>
    new Promise((resolve) => {
      const id = ++asked;
      waiting.set(id, resolve);
      void session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
    });
  const askPage = (/** @type {any} */ method) => session.send(method);

  return async () => {
    const bytesOf = async (/** @type {(method: any) => Promise<any>} */ ask) => {
      await ask("HeapProfiler.collectGarbage");
      const usage = await ask("Runtime.getHeapUsage");
      return usage.usedSize + (usage.backingStorageSize ?? 0);
    };
    let worker = 0;
    for (const one of workers) worker += await bytesOf((method) => askWorker(one, method));
    return { page: await bytesOf(askPage), worker };
  };
}
