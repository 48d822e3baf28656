import "./understand.css";
import "./bars.css";
import "./pictures.css";
import { Fragment } from "preact";
import { useEffect } from "preact/hooks";
import { chapter, linkTo } from "../../state.ts";
import { Later } from "../../ui/later.tsx";
import { chapters } from "./chapters.ts";

/** The interactive chapters: the list, and the chosen chapter. */
export function UnderstandView() {
  const shown = chapters.find(({ name }) => name === chapter.value) ?? chapters[0];
  // A new chapter begins at its top, not where the reader was in the last one.
  useEffect(() => scrollTo(0, 0), [shown?.name]);
  // On a phone the list is one line, and its end is out of sight.
  useEffect(() => {
    document.querySelector(".chapters [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [shown]);
  return (
    <div class="understand">
      <nav class="chapters" aria-label="Chapters">
        <ol>
          {chapters.map(({ name, title, beyond }, i) => (
            <Fragment key={name}>
              {beyond && !chapters[i - 1]?.beyond && <li class="beyond">Beyond the course</li>}
              <li>
                <a href={linkTo(`understand/${name}`)} aria-current={name === shown?.name ? "page" : undefined}>
                  {title}
                </a>
              </li>
            </Fragment>
          ))}
        </ol>
      </nav>
      {shown && <Later key={shown.name} load={shown.load} />}
    </div>
  );
}
