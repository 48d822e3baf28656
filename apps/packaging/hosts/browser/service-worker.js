// No await at the top level: browsers forbid it in service workers.
import { program } from "./program.js";

self.addEventListener("message", (event) => {
  event.waitUntil(program().then((results) => event.source.postMessage(results)));
});
