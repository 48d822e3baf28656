/** The program in four worker threads at once. */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { program } from "./program.js";

if (isMainThread) {
  const start = () =>
    new Promise((resolve, reject) => {
      new Worker(new URL(import.meta.url)).on("message", resolve).on("error", reject);
    });
  console.log(JSON.stringify(await Promise.all([start(), start(), start(), start()])));
} else {
  parentPort.postMessage(await program());
}
