import { pathToFileURL } from "node:url";

console.log(`The docs are built. Open ${pathToFileURL("site/index.html").href}`);
