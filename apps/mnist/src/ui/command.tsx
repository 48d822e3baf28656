import { Fragment } from "preact";

/** A command: each option stays together with its value, and a line breaks between them. */
export const Command = ({ text }: { readonly text: string }) => (
  <>
    {text.split(/ (?=--)/).map((part, i) => (
      <Fragment key={i}>
        {i > 0 && " "}
        <span class="part">{part}</span>
      </Fragment>
    ))}
  </>
);
