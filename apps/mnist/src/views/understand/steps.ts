import { useEffect, useState } from "preact/hooks";

/**
 * A path that is shown step by step: all of it at first, and from the beginning when it is played. With reduced motion, the
 * end is shown at once.
 *
 * @param pace The milliseconds for which a step is shown.
 */
export function useSteps(
  last: number,
  pace = 60,
): {
  readonly shown: number;
  readonly playing: boolean;
  play(): void;
  show(step: number): void;
} {
  const [step, setStep] = useState(Number.POSITIVE_INFINITY);
  const [playing, setPlaying] = useState(false);
  const shown = Math.min(step, last);
  useEffect(() => {
    if (!playing) return undefined;
    if (step >= last) {
      setPlaying(false);
      setStep(Number.POSITIVE_INFINITY);
      return undefined;
    }
    const timer = setTimeout(() => setStep(step + 1), pace);
    return () => clearTimeout(timer);
  }, [playing, step, last, pace]);
  return {
    shown,
    playing,
    play() {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      setStep(still ? Number.POSITIVE_INFINITY : 0);
      setPlaying(!still);
    },
    show(to) {
      setPlaying(false);
      setStep(to);
    },
  };
}
