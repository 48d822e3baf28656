import "./understand.css";
import type { ChapterName } from "@dlcc/course";
import { useEffect } from "preact/hooks";
import { chapter, linkTo } from "../../state.ts";
import { Later } from "../../ui/later.tsx";
import { chapters } from "./chapters.ts";

/** The exercises of a chapter; their code and what computes their answers come when the chapter is shown. */
const exercisesOf = async (name: ChapterName) => {
  const { Exercises } = await import("../../ui/exercises.tsx");
  return () => <Exercises chapter={name} />;
};

/** The interactive chapters: the list, and the chosen chapter. */
export function UnderstandView() {
  const shown = chapters.find(({ name }) => name === chapter.value) ?? chapters[0];
  // On a phone the list is one line, and its end is out of sight.
  useEffect(() => {
    document.querySelector(".chapters [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [shown]);
  return (
    <div class="understand">
      <nav class="chapters" aria-label="Chapters">
        <ol>
          {chapters.map(({ name, title }) => (
            <li key={name}>
              <a href={linkTo(`understand/${name}`)} aria-current={name === shown?.name ? "page" : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      {shown && <Later key={shown.name} load={shown.load} />}
      {shown && <Later key={`${shown.name} exercises`} load={() => exercisesOf(shown.name)} />}
    </div>
  );
}
