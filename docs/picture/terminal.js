/**
 * Draws the README's picture: what `dlcc train mnist` prints, as a terminal would show it.
 *
 *     npm start > /dev/null && node docs/picture/terminal.js
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const output = execFileSync(process.execPath, ["apps/cli/bin/dlcc.js", "train", "mnist"], {
  cwd: root,
  encoding: "utf8",
  env: { ...process.env, FORCE_COLOR: "1", DLCC_MNIST_DIR: "", XDG_CACHE_HOME: "/nowhere" },
});

const [columns, lineHeight, charWidth, margin] = [96, 19, 8.4, 20];
const colours = { 31: "#f2777a", 32: "#8ccf7e", 33: "#e5c76b" };
/** A colour on or off: the escape character, and a number in brackets. */
const sequence = `${String.fromCharCode(27)}\\[(\\d+)m`;
const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

/** One line, with its escape sequences turned into spans. */
function line(text, row) {
  const style = { fill: "#d6dde6", bold: false, dim: false };
  const spans = text.split(new RegExp(sequence)).map((part, i) => {
    if (i % 2 === 0) {
      const attributes = `fill="${style.fill}"${style.bold ? ' font-weight="bold"' : ""}${style.dim ? ' opacity="0.55"' : ""}`;
      return part && `<tspan ${attributes}>${escaped(part)}</tspan>`;
    }
    if (part === "1") style.bold = true;
    else if (part === "2") style.dim = true;
    else if (part === "22") style.bold = style.dim = false;
    else style.fill = colours[part] ?? "#d6dde6";
    return "";
  });
  return `<text x="${margin}" y="${margin + 30 + row * lineHeight}" xml:space="preserve">${spans.join("")}</text>`;
}

/** The settings make a line that no terminal of this width would show in one piece. */
const wrapped = output
  .trimEnd()
  .split("\n")
  .flatMap((text) => {
    const plain = text.replace(new RegExp(sequence, "g"), "");
    if (plain.length <= columns) return [text];
    const cut = text.lastIndexOf(" · ", columns + (text.length - plain.length));
    return [text.slice(0, cut + 2), `           ${text.slice(cut + 3)}`];
  });
const lines = ["\u001b[2m$\u001b[22m npm start", "", ...wrapped];
const [width, height] = [columns * charWidth + 2 * margin, lines.length * lineHeight + 2 * margin + 24];
writeFileSync(
  new URL("docs/picture/train.svg", root),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="npm start: a network learns to read digits in the terminal" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<rect width="${width}" height="${height}" rx="10" fill="#1b222c"/>
<circle cx="22" cy="20" r="5.5" fill="#f2777a"/><circle cx="40" cy="20" r="5.5" fill="#e5c76b"/><circle cx="58" cy="20" r="5.5" fill="#8ccf7e"/>
${lines.map(line).join("\n")}
</svg>
`,
);
