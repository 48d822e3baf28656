/**
 * Draws the README's picture: what `dlcc train mnist` prints, as a terminal would show it.
 *
 *     npm start > /dev/null && node docs/picture/terminal.js
 */
import { writeFileSync } from "node:fs";
import { partsOf, plain, runTraining } from "./training.js";

const root = new URL("../../", import.meta.url);
const [columns, lineHeight, charWidth, margin] = [96, 19, 8.4, 20];
const colours = { 31: "#f2777a", 32: "#8ccf7e", 33: "#e5c76b" };
const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

/** One line, with its styles as spans. */
function line(text, row) {
  const spans = partsOf(text).map(({ text: part, colour, bold, dim }) => {
    const attributes = `fill="${colours[colour] ?? "#d6dde6"}"${bold ? ' font-weight="bold"' : ""}${dim ? ' opacity="0.55"' : ""}`;
    return `<tspan ${attributes}>${escaped(part)}</tspan>`;
  });
  return `<text x="${margin}" y="${margin + 30 + row * lineHeight}" xml:space="preserve">${spans.join("")}</text>`;
}

/** The settings make a line that no terminal of this width would show in one piece. */
const wrapped = runTraining().flatMap((text) => {
  const { length } = plain(text);
  if (length <= columns) return [text];
  const cut = text.lastIndexOf(" · ", columns + (text.length - length));
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
