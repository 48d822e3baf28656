/** Trains in a worker, hears how far it is, and stops it when that is enough; meanwhile this thread is free. */
import { Worker } from "node:worker_threads";

const worker = new Worker(new URL("trainer.js", import.meta.url));
worker.postMessage({ hidden: 8, lr: 0.05 });

let heartbeats = 0;
const heart = setInterval(() => heartbeats++, 1);

worker.on("message", ({ step, loss, outputs }) => {
  if (outputs) {
    console.log("xor:", outputs);
    console.log("this thread was free meanwhile:", heartbeats > 0);
    clearInterval(heart);
    worker.terminate();
    return;
  }
  console.log(`step ${step}: loss ${loss.toFixed(4)}`);
  worker.postMessage(loss < 0.01 ? "stop" : "go on");
});
