/** Work that goes on while the reader looks on: a little in each frame, and none where nobody sees it. */
import { useEffect, useRef, useState } from "preact/hooks";

/** The milliseconds of a frame that computing may take, so that the page stays at hand. */
const share = 8;

/** Whether the reader has asked for no movement. */
export const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Calls a function in each frame while it runs and the element is in view.
 *
 * @returns What to hand to the element as its `ref`.
 */
export function useFrames<E extends Element>(running: boolean, frame: () => void) {
  const element = useRef<E>(null);
  const latest = useRef(frame);
  latest.current = frame;
  useEffect(() => {
    if (!running || !element.current) return undefined;
    let request = 0;
    const next = () => {
      latest.current();
      request = requestAnimationFrame(next);
    };
    const watcher = new IntersectionObserver(
      (entries) => {
        cancelAnimationFrame(request);
        if (entries.at(-1)?.isIntersecting) request = requestAnimationFrame(next);
      },
      // What is behind the page's header is not seen.
      { rootMargin: "-60px 0px 0px 0px" },
    );
    watcher.observe(element.current);
    return () => {
      watcher.disconnect();
      cancelAnimationFrame(request);
    };
  }, [running]);
  return element;
}

/** Calls a function again and again for the share of a frame, until it says that it is done. */
export function forAShare(work: () => boolean): void {
  const start = performance.now();
  while (performance.now() - start < share) if (work()) return;
}

/**
 * Runs generators side by side, a little in each frame, and starts anew when the key changes.
 *
 * @returns What each handed out so far, whether all are done, and the `ref` of the element that must be in view.
 */
export function useRuns<T, E extends Element>(key: string, start: () => readonly Iterator<T>[]) {
  const runs = useRef<readonly Iterator<T>[]>([]);
  const values = useRef<readonly (readonly T[])[]>([]);
  const [shown, setShown] = useState<readonly (readonly T[])[]>([]);
  const [done, setDone] = useState(false);
  useEffect(() => {
    runs.current = start();
    values.current = runs.current.map(() => []);
    setShown(values.current);
    setDone(false);
  }, [key]);
  const element = useFrames<E>(!done, () => {
    let over = false;
    let turn = 0;
    const ended = new Set<number>();
    forAShare(() => {
      const i = turn++ % Math.max(1, runs.current.length);
      const next = runs.current[i]?.next();
      if (!next || next.done) ended.add(i);
      else values.current = values.current.with(i, [...(values.current[i] ?? []), next.value]);
      over = ended.size >= runs.current.length;
      return over;
    });
    // Who wants no movement gets the end alone.
    if (over || !still()) setShown(values.current);
    if (over) setDone(true);
  });
  return { shown, done, element };
}
