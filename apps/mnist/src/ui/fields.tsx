import { useState } from "preact/hooks";
import type { terms } from "../terms.ts";
import { Term } from "./term.tsx";

interface FieldProps {
  readonly label: string;
  /** The word that its "?" explains. */
  readonly term?: keyof typeof terms;
  /** Whether the label is for those alone who can't see the field. */
  readonly bare?: boolean;
}

export function ChoiceField({
  label,
  term,
  value,
  table,
  set,
  bare = false,
}: FieldProps & {
  readonly value: string;
  readonly table: readonly { readonly name: string; readonly title: string }[];
  readonly set: (name: string) => void;
}) {
  return (
    <Field label={label} term={term} bare={bare}>
      <select aria-label={label} value={value} onChange={(event) => set(event.currentTarget.value)}>
        {table.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function NumberField({
  label,
  term,
  value,
  low,
  high,
  step = 1,
  set,
  bare = false,
}: FieldProps & {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly step?: number | "any";
  readonly set: (value: number) => void;
}) {
  // The text being typed, because the page may render meanwhile.
  const [draft, setDraft] = useState<string>();
  return (
    <Field label={label} term={term} bare={bare}>
      <input
        type="number"
        inputMode="decimal"
        aria-label={label}
        value={draft ?? value}
        min={low}
        max={high}
        step={step}
        required
        onInput={(event) => setDraft(event.currentTarget.value)}
        onChange={(event) => {
          const input = event.currentTarget;
          if (!input.reportValidity()) return;
          set(input.valueAsNumber);
          setDraft(undefined);
        }}
      />
    </Field>
  );
}

function Field({
  label,
  term,
  bare,
  children,
}: Omit<FieldProps, "term"> & {
  readonly term: keyof typeof terms | undefined;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <div class={bare ? "field bare" : "field"}>
      {!bare && (
        <span>
          {label} {term && <Term name={term} />}
        </span>
      )}
      {children}
    </div>
  );
}
