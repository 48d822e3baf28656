/**
 * The last step of the build. Kernels are text, which no minifier shortens: this takes out of the built files what only their
 * readers need: comments, spaces, line ends, and what tells a number's type where it follows from the other side. JavaScript
 * around the text stays what it was, on the same lines, so that a source map names the right ones.
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

const withoutSpaces = (code) =>
  code
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]+/g, "")) // Their lines stay.
    .replace(/\/\/(?!# sourceMappingURL).*$/gm, "")
    .replace(/^ +/gm, "")
    .replace(/ ([-+*/%<>=!&|?:]+) (?![-+])/g, "$1") // `a - -b` keeps its spaces.
    .replace(/([;,:{]|\}(?! \$)) /g, "$1") // Not between two parts of a name.
    .replace(/ ([{}])/g, "$1")
    .replace(/\b(\d+)\.0\b/g, "$1.")
    .replace(/\b0\.(?=\d)/g, ".");

const shortText = (text) =>
  text
    .replace(/(?<=[\w)\]](?:[-+*/%<>&|^]|[-+*/%&|<>=!]=|<<|>>))(\d+|0x[\da-f]+)[u.](?![\w.])/g, "$1") // `v<0.`, `k+4u`
    .replace(/(?<=[=(])(\d+)[u.](?=[-+*/][a-z(])/g, "$1") // `(1.+v)`
    .replace(/(?<=\]=|return )(\d+)[u.](?=;)/g, "$1")
    .replace(/\b(for|if|switch|while) \(/g, "$1(")
    .replace(/(?<=^|[;{}])\n+/g, "");

const linesIn = (code) => code.split("\n").length;

/** Shortens the text of literals, and puts the line ends that it takes out behind it. */
function inLiterals(code) {
  let [result, from, isText] = ["", 0, false];
  const open = []; // Braces of the code, where those of `${` end in text.
  for (const { 0: mark, index } of code.matchAll(/"(?:\\.|[^"\\\n])*"|\\.|`|\$?\{|\}/g)) {
    if (mark.startsWith('"') && !isText) {
      result += code.slice(from, index) + shortText(mark);
      from = index + mark.length;
      continue;
    }
    const wasText = isText;
    if (mark === "`") isText = !isText;
    else if (mark === "}") isText = isText || open.pop() === "${";
    else if (mark === "${" || (mark === "{" && !isText)) isText = open.push(mark) === 0;
    if (isText === wasText) continue;
    const part = code.slice(from, index);
    const short = wasText ? shortText(part) : part;
    result += short + mark + "\n".repeat(linesIn(part) - linesIn(short));
    from = index + mark.length;
  }
  return result + code.slice(from);
}

/** tsc wraps an import that is no literal, as its path might end in `.ts`. The name of a package doesn't. */
const withoutWrapper = (code) =>
  code
    .replace(/^var __rewriteRelativeImportExtension[\s\S]*?^};$/m, (wrapper) => wrapper.replace(/[^\n]+/g, ""))
    .replace(/__rewriteRelativeImportExtension\((.*name)\)/, "$1");

const adapter = `${dist}adapter.js`;
writeFileSync(adapter, withoutWrapper(readFileSync(adapter, "utf8")));
for (const file of files) {
  writeFileSync(dist + file, inLiterals(withoutSpaces(readFileSync(dist + file, "utf8"))));
}
