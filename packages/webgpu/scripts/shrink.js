/**
 * The last step of the build. Kernels are text, which no minifier shortens: this takes out of the built files what only their
 * readers need, the comments and the spaces. It goes by lines and leaves them where they are, so that an error of a kernel
 * and a source map name the right ones. JavaScript around the text stays what it was, as spaces mean as little to it.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));

/** The built files that have kernels' text, and no text for people. */
const files = [
  "ops/convolution.js",
  ...readdirSync(`${dist}wgsl`)
    .filter((name) => name.endsWith(".js"))
    .map((name) => `wgsl/${name}`),
];

for (const file of files) {
  const short = readFileSync(dist + file, "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]+/g, "")) // Their lines stay.
    .replace(/\/\/(?!# sourceMappingURL).*$/gm, "")
    .replace(/^ +/gm, "")
    .replace(/ ([-+*/%<>=!&|?:]+) (?![-+])/g, "$1") // `a - -b` keeps its spaces.
    .replace(/([;,:{}]) (?!\$)/g, "$1") // Not between two parts of a name.
    .replace(/ ([{}])/g, "$1")
    .replace(/\b(\d+)\.0\b/g, "$1.")
    .replace(/\b0\.(?=\d)/g, ".");
  writeFileSync(dist + file, short);
}
