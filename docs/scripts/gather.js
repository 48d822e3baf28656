/** Gathers what a static host serves in the folder deploy/: the demo site, and below docs/ the guides and the API. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const target = `${root}deploy`;

rmSync(target, { recursive: true, force: true });
cpSync(`${root}apps/mnist/dist`, target, { recursive: true });
cpSync(`${root}docs/site`, `${target}/docs`, { recursive: true });
// The demo site's chapters then lead to the guides that are served along with them.
const page = `${target}/index.html`;
writeFileSync(page, readFileSync(page, "utf8").replace("<head>", '<head>\n    <meta name="docs" content="docs/" />'));
for (const file of ["llms.txt", "AGENTS.md"]) cpSync(`${root}docs/${file}`, `${target}/${file}`);
// GitHub Pages would leave out files that begin with an underscore.
writeFileSync(`${target}/.nojekyll`, "");
console.log(`deploy/ has what a static host serves`);
