import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { linkTo } from "../state.ts";
import { terms } from "../terms.ts";

/** A "?" beside a word: it says what the word means, and leads to its chapter. */
export function Term({ name }: { readonly name: keyof typeof terms }) {
  const { question, sentence, chapter } = terms[name];
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  const note = useRef<HTMLSpanElement>(null);
  // It stays within the window.
  useLayoutEffect(() => {
    if (!open) return;
    const move = (): void => {
      if (!note.current) return;
      note.current.style.left = "0";
      const box = note.current.getBoundingClientRect();
      const over = Math.max(0, box.right - document.documentElement.clientWidth + 12);
      note.current.style.left = `${-Math.min(over, box.left - 12)}px`;
    };
    move();
    addEventListener("resize", move);
    return () => removeEventListener("resize", move);
  }, [open]);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event): void => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !place.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    addEventListener("keydown", close);
    addEventListener("pointerdown", close);
    return () => {
      removeEventListener("keydown", close);
      removeEventListener("pointerdown", close);
    };
  }, [open]);
  return (
    <span class="term" ref={place}>
      <button type="button" aria-label={question} aria-expanded={open} onClick={() => setOpen(!open)}>
        ?
      </button>
      {open && (
        <span class="explain" role="note" ref={note}>
          {sentence} <a href={linkTo(`understand/${chapter}`)}>See it move</a>
        </span>
      )}
    </span>
  );
}
