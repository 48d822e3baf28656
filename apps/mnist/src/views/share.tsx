import { toCommand, toProgram } from "@dlcc/experiment";
import { useState } from "preact/hooks";
import { take } from "../files.ts";
import type { DatasetName } from "../messages.ts";
import { ask, experiment, problem, ready } from "../state.ts";
import { Command } from "../ui/command.tsx";

/** The parts to keep and share: the address, the command, the program, the model. */
export function Share() {
  const [copied, setCopied] = useState("");
  const copy = (name: string, text: string) => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(`${name} copied`),
      () => setCopied("The browser does not allow copying: select the text instead"),
    );
  };
  const digits = ready.value?.digits ?? "embedded";
  const command = toCommand(experiment.value, digits);
  const program = toProgram(experiment.value, digits);
  return (
    <section class="card share">
      <header>
        <h2>Keep and share</h2>
      </header>
      <div class="controls">
        <button type="button" onClick={() => copy("Link", location.href)}>
          Copy link
        </button>
        <button type="button" onClick={() => copy("Command", command)}>
          Copy command
        </button>
        <button type="button" onClick={() => copy("Program", program)}>
          Copy program
        </button>
        <button type="button" disabled={!ready.value} onClick={() => ask({ type: "export" })}>
          Save the model
        </button>
      </div>
      <div class="controls">
        <label class="button">
          Open files
          <input
            type="file"
            multiple
            onChange={(event) => {
              void take([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <Dataset name="mnist" title="All of MNIST" size="11 MB" />
        <Dataset name="fashion-mnist" title="Fashion-MNIST" size="30 MB" />
      </div>
      <pre data-testid="command">
        <Command text={command} />
      </pre>
      <details>
        <summary>The same run as a program</summary>
        <pre data-testid="program">{program}</pre>
      </details>
      <p class="note" aria-live="polite">
        {copied || "A model, digits as IDX files, or a picture can be opened, or dropped anywhere on the page."}
      </p>
    </section>
  );
}

/** A data set in one click, from where the site is served. */
function Dataset({ name, title, size }: { readonly name: DatasetName; readonly title: string; readonly size: string }) {
  return (
    <button
      type="button"
      onClick={() => {
        problem.value = "";
        ask({ type: "dataset", name });
      }}
    >
      {title} ({size})
    </button>
  );
}
