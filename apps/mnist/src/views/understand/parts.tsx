/** The building blocks of the chapters. */
import { type ChapterName, chapters } from "@dlcc/course";
import type { ComponentChildren, ComponentType } from "preact";
import { linkTo } from "../../state.ts";
import { Command } from "../../ui/command.tsx";
import { Later } from "../../ui/later.tsx";

/** The project's repository, of the package.json at the root: the build puts it here. */
declare const REPOSITORY: string;

/** The address of a guide: on the site of the docs where that is served along with this page, which then says where. */
function guideAt(guide: string): string {
  const docs = document.querySelector<HTMLMetaElement>('meta[name="docs"]')?.content;
  return docs ? `${docs}guide/${guide}.html` : `${REPOSITORY}/blob/main/docs/guide/${guide}.md`;
}

/** A chapter: its question and idea, buttons to try; at the end a question with its answer, and the exercises. */
export function Chapter(props: {
  name: ChapterName;
  /** The buttons to try: a click sets the picture accordingly. */
  tries: readonly { readonly label: string; readonly go: () => void }[];
  idea: ComponentChildren;
  /** The question at the end: what the reader can find out above. */
  ask: ComponentChildren;
  answer: ComponentChildren;
  children: ComponentChildren;
}) {
  const place = chapters.findIndex(({ name }) => name === props.name);
  const row = chapters[place];
  return (
    <article class="chapter">
      <header>
        <h1>{row?.title}</h1>
        <p class="question">{row && row.question.charAt(0).toUpperCase() + row.question.slice(1)}</p>
        <p class="idea">{props.idea}</p>
        <fieldset class="tries">
          <legend>Try</legend>
          {props.tries.map(({ label, go }) => (
            <button key={label} type="button" onClick={go}>
              {label}
            </button>
          ))}
        </fieldset>
      </header>
      {props.children}
      <section class="card ending" aria-labelledby="ending">
        <h2 id="ending">A question</h2>
        <p>{props.ask}</p>
        <details>
          <summary>The answer</summary>
          <p>{props.answer}</p>
        </details>
      </section>
      <Later load={() => exercisesOf(props.name)} />
      <p class="note">
        {row && (
          <>
            In words, formulas and code: <a href={guideAt(row.guide)}>the guide</a>.{" "}
          </>
        )}
        In the terminal:{" "}
        <code>
          <Command text={`dlcc learn ${props.name}`} />
        </code>
      </p>
      <nav class="neighbours" aria-label="The chapters before and after">
        <Neighbour place={place - 1} word="Previous" />
        <Neighbour place={place + 1} word="Next" />
      </nav>
    </article>
  );
}

/** The exercises of a chapter; their code and what computes their answers come when the chapter is shown. */
async function exercisesOf(name: ChapterName): Promise<ComponentType> {
  const { Exercises } = await import("../../ui/exercises.tsx");
  return () => <Exercises chapter={name} />;
}

function Neighbour({ place, word }: { place: number; word: "Previous" | "Next" }) {
  const row = place < 0 ? undefined : chapters[place];
  return row ? (
    <a class={word.toLowerCase()} href={linkTo(`understand/${row.name}`)}>
      <small>{word}</small> {row.title}
    </a>
  ) : null;
}

/** A bar for a share of 1. */
export const Bar = ({ share, kind = "train" }: { share: number; kind?: "train" | "check" }) => (
  <span class="bar" aria-hidden="true">
    <i style={{ width: `${100 * Math.max(0, Math.min(1, share))}%`, background: `var(--${kind})` }} />
  </span>
);

/** A bar for a number with a sign, from a zero in the middle: to the right above 0, to the left below. */
export function SignedBar({ value, most = 1 }: { value: number; most?: number }) {
  const length = 50 * Math.min(1, Math.abs(value) / most);
  return (
    <span class="bar signed" aria-hidden="true">
      <i
        style={{
          left: `${value < 0 ? 50 - length : 50}%`,
          width: `${length}%`,
          background: `var(--${value < 0 ? "check" : "train"})`,
        }}
      />
    </span>
  );
}

/** A slider for a number. */
export function Slider(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
  /** The text of the value. Default: two decimals. */
  show?: (value: number) => string;
}) {
  const { show = decimals(2) } = props;
  return (
    <label class="slider">
      <span>{props.label}</span>
      <output>{show(props.value)}</output>
      <input
        type="range"
        min={props.min}
        max={props.max}
        step={props.step}
        value={props.value}
        aria-label={props.label}
        aria-valuetext={show(props.value)}
        onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

/** A choice of one among several. */
export function Choice<T extends string>(props: {
  label: string;
  options: Readonly<Record<T, string>>;
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <fieldset class="choice">
      <legend class="hidden">{props.label}</legend>
      {(Object.entries(props.options) as [T, string][]).map(([value, title]) => (
        <button key={value} type="button" aria-pressed={value === props.value} onClick={() => props.onChange(value)}>
          {title}
        </button>
      ))}
    </fieldset>
  );
}

/** A colour with a meaning: the path, the goal, two more lines, and high ground. */
export type Ink = "train" | "check" | "third" | "fourth" | "high";

/** What the colours of a picture mean, and behind them what has no colour. */
export const Legend = (props: {
  inks: readonly (readonly [ink: Ink, text: ComponentChildren])[];
  children?: ComponentChildren;
}) => (
  <p class="legend">
    {props.inks.map(([ink, text]) => (
      <span key={ink}>
        <i style={{ background: `var(--${ink})` }} />
        {text}
      </span>
    ))}
    {props.children}
  </p>
);

/** Numbers with their names, one below the other. */
export const Numbers = (props: {
  of: readonly (readonly [name: ComponentChildren, number: ComponentChildren])[];
  name?: string;
}) => (
  <dl class="numbers" data-testid={props.name ?? "numbers"}>
    {props.of.map(([name, number], i) => (
      <div key={i}>
        <dt>{name}</dt>
        <dd>{number}</dd>
      </div>
    ))}
  </dl>
);

/** A formula with its numbers, set apart from the text. */
export const Formula = ({ children, name }: { children: ComponentChildren; name?: string }) => (
  <p class="formula" data-testid={name}>
    {children}
  </p>
);

/** A variable, in italics as in the guides. */
export const Var = ({ children }: { children: ComponentChildren }) => <var>{children}</var>;

const superscripts = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten: 10⁻³. */
const powerOfTen = (exponent: number): string =>
  `10${[...String(exponent)].map((digit) => superscripts.charAt("-0123456789".indexOf(digit))).join("")}`;

/** A number with its power of ten, unless it is near 1: 1.2 · 10⁻¹². */
export function scientific(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return decimals(0)(value);
  if (Math.abs(value) >= 0.01 && Math.abs(value) < 1000) return decimals(3)(value);
  const [digits = "", exponent = ""] = value.toExponential(1).split("e");
  return `${digits.replace("-", "−")} · ${powerOfTen(Number(exponent))}`;
}

/** Formats a number with so many decimals, and a real minus sign. */
export const decimals =
  (places: number) =>
  (value: number): string => {
    if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "not a number";
    if (Math.abs(value) >= 1e5) return scientific(value);
    return value
      .toFixed(places)
      .replace(/^-(?=[\d.]*[1-9])/, "−")
      .replace(/^-/, "");
  };
