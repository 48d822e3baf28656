// What `npm start` runs: without a command it is `dlcc train mnist`.
import { run } from "../dist/main.js";

const [first, ...rest] = process.argv.slice(2);
const complete = first !== undefined && (!first.startsWith("-") || ["-h", "--help", "-V", "--version"].includes(first));
process.exitCode = await run(complete ? [first, ...rest] : ["train", "mnist", ...process.argv.slice(2)]);
