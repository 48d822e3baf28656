import "./frame.css";
import { useEffect } from "preact/hooks";
import { take } from "./files.ts";
import { chapter, linkTo, notice, problem, ready, view } from "./state.ts";
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

/** The title of the window: of the chapter, or of the view. */
function titleNow(): string {
  if (view.value === "understand") {
    const name = chapter.value.replaceAll("-", " ");
    return name ? `${name.slice(0, 1).toUpperCase()}${name.slice(1)} · dlcc` : "Understand · dlcc";
  }
  return view.value === "draw" ? "Draw a digit · dlcc" : "dlcc: a network learns to read";
}

/** A line that can be dismissed. */
function Said({ of, role }: { readonly of: typeof problem; readonly role: "alert" | "status" }) {
  if (!of.value) return null;
  return (
    <div class={role === "alert" ? "problem" : "problem notice"} role={role}>
      <p>{of.value}</p>
      <button
        type="button"
        onClick={() => {
          of.value = "";
        }}
      >
        Dismiss
      </button>
    </div>
  );
}

/** The project's repository, of the package.json at the root: the build puts it here. */
declare const REPOSITORY: string;

/** The page: a permanent header, one view, and a footer. */
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
  const title = titleNow();
  useEffect(() => {
    document.title = title;
  }, [title]);
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
        <Said of={notice} role="status" />
        <Said of={problem} role="alert" />
        <View />
      </main>
      <footer class="bottom">
        <p>dlcc: deep learning for TypeScript, in small packages, and the crash course that it is named after.</p>
        <nav aria-label="More">
          <a href={`${REPOSITORY}/blob/main/docs/guide/the-course.md`}>The course</a>
          <a href={`${REPOSITORY}/tree/main/docs/guide`}>The docs</a>
          <a href={REPOSITORY}>The source</a>
        </nav>
      </footer>
    </>
  );
}
