// What `npm start` runs: without a command it is `dlcc train mnist`.
import { main } from "../dist/main.js";

const args = process.argv.slice(2);
const [first] = args;
const complete = first !== undefined && (!first.startsWith("-") || ["-h", "--help", "-V", "--version"].includes(first));
await main(complete ? args : ["train", "mnist", ...args]);
if (!complete && !process.exitCode) console.log("    (in a clone, `npm start --` stands for `dlcc`)");
