import { effect } from "@preact/signals";
import { render } from "preact";
import "./fonts.css";
import "./style.css";
import "./ui/controls.css";
import { App } from "./app.tsx";
import { judged } from "./state.ts";

const root = document.getElementById("app");
if (root) {
  // What stands there for a browser that doesn't come this far.
  root.textContent = "";
  render(<App />, root);
}

/** Without a network the site works from then on. The page comes first: what it needs is not held up. */
if (!import.meta.hot && "serviceWorker" in navigator) {
  const stop = effect(() => {
    if (!judged.value) return;
    navigator.serviceWorker.register(new URL("./sw.js", document.baseURI)).catch((error: unknown) => {
      console.warn(`The site is not kept for use without a network: ${error}`);
    });
    queueMicrotask(() => stop());
  });
}
