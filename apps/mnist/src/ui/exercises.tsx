import "./exercises.css";
import { answerOf, type ChapterName, type Exercise, exercisesOf, type Judgement, judge, letterOf } from "@dlcc/course";
import { useId, useMemo, useState } from "preact/hooks";
import { Command } from "./command.tsx";

/** Where the browser keeps what is solved: the numbers of a chapter's exercises, with commas between. */
const keyOf = (chapter: ChapterName): string => `dlcc exercises ${chapter}`;

/** The exercises of a chapter that are solved. A browser may keep nothing: then it is as at first. */
function readSolved(chapter: ChapterName): readonly number[] {
  try {
    return (localStorage.getItem(keyOf(chapter)) ?? "").split(",").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function keepSolved(chapter: ChapterName, solved: readonly number[]): void {
  try {
    localStorage.setItem(keyOf(chapter), solved.join(","));
  } catch {
    // What can't be kept still counts until the page is closed.
  }
}

/** The exercises of a chapter, those of `dlcc learn CHAPTER --exercise`: each is judged here, and has a hint. */
export function Exercises({ chapter }: { chapter: ChapterName }) {
  const exercises = useMemo(() => exercisesOf(chapter), [chapter]);
  const [solved, setSolved] = useState(() => readSolved(chapter));
  const done = exercises.filter(({ number }) => solved.includes(number)).length;
  const solve = (number: number): void => {
    if (solved.includes(number)) return;
    const now = [...solved, number];
    setSolved(now);
    keepSolved(chapter, now);
  };
  return (
    <section class="card exercises" aria-labelledby="exercises">
      <header>
        <h2 id="exercises">Exercises</h2>
        <p class="note" data-testid="solved">
          {done} of {exercises.length} solved
        </p>
      </header>
      <ol>
        {exercises.map((exercise) => (
          <Question
            key={exercise.number}
            exercise={exercise}
            solved={solved.includes(exercise.number)}
            onSolved={() => solve(exercise.number)}
          />
        ))}
      </ol>
      <p class="note">
        They are asked by{" "}
        <code>
          <Command text={`dlcc learn ${chapter} --exercise`} />
        </code>
        , too.
      </p>
    </section>
  );
}

/** What is said about the last answer. */
type Said = Judgement | "shown" | undefined;

/** One exercise: its question, a field or choices, and what the answer is worth. */
function Question(props: { exercise: Exercise; solved: boolean; onSolved: () => void }) {
  const { exercise, solved, onSolved } = props;
  const { number, question, choices, hint, why } = exercise;
  const [text, setText] = useState("");
  const [said, setSaid] = useState<Said>();
  const [hinted, setHinted] = useState(false);
  const name = useId();
  const check = (): void => {
    const judgement = judge(exercise, text);
    setSaid(judgement);
    if (judgement.right) onSolved();
  };
  const set = (next: string): void => {
    setText(next);
    setSaid(undefined);
  };
  return (
    <li data-testid={`exercise ${number}`} class={solved ? "solved" : undefined}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          check();
        }}
      >
        <fieldset>
          <legend id={name}>
            <b>{number}.</b> {question} {solved && <span class="done">Solved</span>}
          </legend>
          {choices ? (
            choices.map((choice, i) => (
              <label key={choice} class="option">
                <input
                  type="radio"
                  name={name}
                  value={letterOf(i)}
                  checked={text === letterOf(i)}
                  onChange={() => set(letterOf(i))}
                />
                {choice}
              </label>
            ))
          ) : (
            <input
              type="text"
              autocomplete="off"
              spellcheck={false}
              aria-labelledby={name}
              value={text}
              onInput={(event) => set(event.currentTarget.value)}
            />
          )}
        </fieldset>
        <div class="controls">
          <button type="submit" disabled={text.trim() === ""}>
            Check
          </button>
          <button type="button" class="quiet" aria-pressed={hinted} onClick={() => setHinted(!hinted)}>
            Hint
          </button>
          <button type="button" class="quiet" onClick={() => setSaid("shown")}>
            Show the answer
          </button>
        </div>
      </form>
      {hinted && <p class="note">{hint}</p>}
      <p role="status">
        {said === "shown" || said?.right ? (
          <>
            <b>{said === "shown" ? "The answer:" : "Right:"}</b> {answerOf(exercise)}. {why}
          </>
        ) : (
          said && (
            <>
              <b>Not right</b>
              {said.message === undefined ? "." : `: ${said.message}.`}
            </>
          )
        )}
      </p>
    </li>
  );
}
