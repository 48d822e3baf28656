/** The building blocks of the chapters. */
import type { ComponentChildren } from "preact";

/** A chapter: its idea in a sentence or two, buttons to try, and its command in the terminal. */
export function Chapter(props: {
  title: string;
  command: string;
  /** The buttons to try: a click sets the picture accordingly. */
  tries: readonly { readonly label: string; readonly go: () => void }[];
  idea: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <article class="chapter">
      <header>
        <h1>{props.title}</h1>
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
      <p class="note">
        In the terminal: <code>dlcc learn {props.command}</code>
      </p>
    </article>
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

/** A formula with its numbers, set apart from the text. */
export const Formula = ({ children, name }: { children: ComponentChildren; name?: string }) => (
  <p class="formula" data-testid={name}>
    {children}
  </p>
);

/** A variable, in italics as in the guides. */
export const Var = ({ children }: { children: ComponentChildren }) => <var>{children}</var>;

/** Formats a number with so many decimals, and a real minus sign. */
export const decimals =
  (places: number) =>
  (value: number): string => {
    if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "not a number";
    const far = Math.abs(value) >= 1e5;
    const text = far ? value.toExponential(1).replace("e+", "·10^") : value.toFixed(places);
    return text.replace(/^-(?=[\d.]*[1-9])/, "−").replace(/^-/, "");
  };
