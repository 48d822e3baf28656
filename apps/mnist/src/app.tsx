import { useEffect } from "preact/hooks";
import { linkTo, problem, ready, take, view } from "./state.ts";
import { Later } from "./ui/later.tsx";
import { TrainView } from "./views/train.tsx";

const views = { train: "Train", draw: "Draw", understand: "Understand" } as const;

/** The view of the address. Code that only one view needs is loaded with it. */
function View() {
  switch (view.value) {
    case "draw":
      return <Later key="draw" load={() => import("./views/draw.tsx").then((view) => view.DrawView)} />;
    case "understand":
      return (
        <Later
          key="understand"
          load={() => import("./views/understand/view.tsx").then((view) => view.UnderstandView)}
        />
      );
    default:
      return <TrainView />;
  }
}

/** The page: a permanent header, and one view. */
export function App() {
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      void take([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
    };
  }, []);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <span class="brand">
          dlcc<i>7</i>
        </span>
        <nav aria-label="Views">
          {Object.entries(views).map(([name, title]) => (
            <a key={name} href={linkTo(name)} aria-current={view.value === name ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
      </header>
      <main id="main" tabIndex={-1} aria-busy={!ready.value}>
        {problem.value && (
          <div class="problem" role="alert">
            <p>{problem.value}</p>
            <button
              type="button"
              onClick={() => {
                problem.value = "";
              }}
            >
              Dismiss
            </button>
          </div>
        )}
        <View />
      </main>
    </>
  );
}
