/**
 * Draws the README's picture: what `dlcc train mnist` prints, as a terminal would show it.
 *
 *     npm start > /dev/null && node docs/picture/terminal.js
 */
import { writeFileSync } from "node:fs";
import { partsOf, runTraining } from "./training.js";

const root = new URL("../../", import.meta.url);
const [lineHeight, charWidth, margin] = [19, 8.4, 20];
const colours = { 31: "#f2777a", 32: "#8ccf7e", 33: "#e5c76b" };
const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

/** So many columns can still be read on a phone. */
const columns = 56;
/** Where the text of a line begins, behind its name: there a line goes on that is too long. */
const indent = 11;

/** The parts of a line as lines of the picture. A separator stays with the word before it. */
function wrapped(parts) {
  const rows = [[]];
  let length = 0;
  for (const part of parts) {
    for (const word of part.text.split(/(?<= )(?!·)/)) {
      if (length + word.trimEnd().length > columns) {
        rows.push([{ text: " ".repeat(indent) }]);
        length = indent;
      }
      rows.at(-1).push({ ...part, text: word });
      length += word.length;
    }
  }
  return rows;
}

/** A line of the picture, with its styles as spans. */
function line(parts, row) {
  const spans = parts.map(({ text, colour, bold, dim }) => {
    const attributes = `fill="${colours[colour] ?? "#d6dde6"}"${bold ? ' font-weight="bold"' : ""}${dim ? ' opacity="0.55"' : ""}`;
    return `<tspan ${attributes}>${escaped(text)}</tspan>`;
  });
  return `<text x="${margin}" y="${margin + 30 + row * lineHeight}" xml:space="preserve">${spans.join("")}</text>`;
}

const command = [{ text: "$", dim: true }, { text: " npm start" }];
const lines = [command, [], ...runTraining().flatMap((text) => wrapped(partsOf(text)))];
const [width, height] = [Math.ceil(columns * charWidth + 2 * margin), lines.length * lineHeight + 2 * margin + 24];
writeFileSync(
  new URL("docs/picture/train.svg", root),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="npm start: a network learns to read digits in the terminal" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<rect width="${width}" height="${height}" rx="10" fill="#1b222c"/>
<circle cx="22" cy="20" r="5.5" fill="#f2777a"/><circle cx="40" cy="20" r="5.5" fill="#e5c76b"/><circle cx="58" cy="20" r="5.5" fill="#8ccf7e"/>
${lines.map(line).join("\n")}
</svg>
`,
);
