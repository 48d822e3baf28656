/** Runs in the page before its own scripts, and notes the browser's entries about tasks, paints and shifts. */

/** Runs in the page: it must not use anything of this file. */
export function watch() {
  const notes = { longTasks: [], beats: [], answers: [], shift: 0 };
  globalThis.notes = notes;

  /** @param {string} type @param {(entry: any) => void} note @param {object} options */
  const observe = (type, note, options = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...options });
  observe("longtask", ({ duration }) => notes.longTasks.push(duration));
  observe("layout-shift", ({ value, hadRecentInput }) => {
    if (!hadRecentInput) notes.shift += value;
  });
  // Presses and releases; moves are not among them.
  observe(
    "event",
    ({ name, duration }) => {
      if (/^pointer(down|up)$/.test(name)) notes.answers.push(duration);
    },
    { durationThreshold: 16 },
  );
  // A move, until the frame that shows it has been made.
  addEventListener(
    "pointermove",
    (event) => {
      if (event.buttons === 0) return;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => notes.answers.push(performance.now() - event.timeStamp);
        port2.postMessage(0);
      });
    },
    { capture: true },
  );
  // How late a timer is: the browser tells of no task below 50 ms.
  const every = 10;
  let due = performance.now() + every;
  setInterval(() => {
    const now = performance.now();
    notes.beats.push(now - due);
    due = now + every;
  }, every);
}
