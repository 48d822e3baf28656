import { program } from "./program.js";

postMessage(await program());
