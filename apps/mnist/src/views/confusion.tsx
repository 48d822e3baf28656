import { useRef, useState } from "preact/hooks";
import { ask, cell, judged, ready } from "../state.ts";
import { Image } from "../ui/image.tsx";

/** How the arrow keys move in the table. */
const moves: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** How many of all are shown, if not all are. */
const ofAll = (some: number, all = some): string => (some < all ? ` ${some} of ${all}` : "");

/** The table of true digits and guesses; a cell shows its digits. */
export function Confusion() {
  const table = judged.value?.confusion;
  const body = useRef<HTMLTableSectionElement>(null);
  // One cell is in the order of the Tab key, and the arrows move it.
  const [[row, column], setAt] = useState<readonly [number, number]>([0, 0]);
  const move = (event: KeyboardEvent): void => {
    const by = moves[event.key];
    if (!by) return;
    event.preventDefault();
    const to = [Math.min(9, Math.max(0, row + by[0])), Math.min(9, Math.max(0, column + by[1]))] as const;
    setAt(to);
    body.current?.querySelectorAll("button")[10 * to[0] + to[1]]?.focus();
  };
  const classes = ready.value?.classes ?? [];
  const shown = cell.value;
  return (
    <section class="card">
      <header>
        <h2>What it confuses</h2>
        <small aria-hidden="true">rows: true digit, columns: guess</small>
      </header>
      {table ? (
        <table class="confusion">
          <caption class="hidden">Rows are the true digits, columns the guesses; a cell shows its digits</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">True digit</span>
              </th>
              {table.map((_, i) => (
                <th key={i} scope="col">
                  {i}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={move}>
            {table.map((counts, label) => {
              const total = counts.reduce((a, b) => a + b, 0) || 1;
              return (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {counts.map((n, guess) => (
                    <td
                      key={guess}
                      class={guess === label ? "right" : "wrong"}
                      style={{ "--share": String(guess === label ? n / total : Math.min(1, (8 * n) / total)) }}
                    >
                      <button
                        type="button"
                        tabIndex={label === row && guess === column ? 0 : -1}
                        aria-label={n ? `${n}` : "0"}
                        aria-pressed={shown?.label === label && shown.guess === guess}
                        onClick={() => {
                          setAt([label, guess]);
                          ask({ type: "cell", label, guess });
                        }}
                      >
                        {n || ""}
                      </button>
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      ) : (
        <p class="empty">There are no results yet.</p>
      )}
      {table && (
        <div class="cell" aria-live="polite">
          {!shown ? (
            <p class="note">Choose a cell to see its digits.</p>
          ) : (
            <>
              <p class="note">
                {shown.images.length > 0
                  ? `${classes[shown.label] ?? shown.label} read as ${classes[shown.guess] ?? shown.guess}:${ofAll(shown.images.length, table[shown.label]?.[shown.guess])}`
                  : `No ${classes[shown.label] ?? shown.label} was read as ${classes[shown.guess] ?? shown.guess}.`}
              </p>
              <div
                class="tiles"
                role="img"
                aria-label={`${shown.images.length} digits: ${shown.label}, read as ${shown.guess}`}
              >
                {shown.images.map((pixels, i) => (
                  <Image key={i} values={pixels} />
                ))}
              </div>
            </>
          )}
        </div>
      )}
    </section>
  );
}
