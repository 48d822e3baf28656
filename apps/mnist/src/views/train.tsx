import "./train.css";
import { useRef } from "preact/hooks";
import { judged, linkTo } from "../state.ts";
import { Later } from "../ui/later.tsx";
import { Curves } from "./curves.tsx";
import { ExperimentForm } from "./experiment-form.tsx";
import { RunBar } from "./run-bar.tsx";
import { Stage } from "./stage.tsx";

/** The network at work and its run, the experiment, and the results. On a wide screen the experiment is at the side. */
export function TrainView() {
  const begun = useRef(false);
  begun.current ||= judged.value !== undefined;
  return (
    <div class="train">
      <header class="intro">
        <h1>A network learns to read</h1>
        <p class="lead">
          It trains right here, in your browser; nothing leaves this page. Start it, watch the digits turn green, then{" "}
          <a href={linkTo("draw")}>draw one yourself</a>. <a href={linkTo("understand")}>The chapters</a> tell what
          happens inside.
        </p>
      </header>
      <div class="run">
        <RunBar />
        <Stage />
        <Curves />
      </div>
      <ExperimentForm />
      <div class="results">
        {/* The first view comes first: what is below it is loaded when the network is there. */}
        {begun.current && <Later load={() => import("./results.tsx").then((results) => results.Results)} />}
      </div>
    </div>
  );
}
