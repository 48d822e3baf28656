import { program } from "./program.js";

document.querySelector("#out").textContent = JSON.stringify(await program());
