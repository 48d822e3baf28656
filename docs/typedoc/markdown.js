/**
 * What the guides' Markdown has beyond TypeDoc's: formulas, written as on GitHub (`$…$` in a line, a `math` block by
 * itself), which become MathML, so that they need neither fonts nor scripts; and pictures, which are drawn by the command
 * that the guide names, when the site is built: `<!-- picture: dlcc learn gradient-descent -->`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { formulaOf, mathml } from "./formula.js";

const command = path.resolve(import.meta.dirname, "../../apps/cli/bin/dlcc.js");

/** A formula in a line begins and ends with a `$` that no space follows or precedes. */
const inline = /^\$(?![\s$])([^$\n]*[^\s$])\$/;

function inlineFormula(state, silent) {
  const found = inline.exec(state.src.slice(state.pos));
  if (!found) return false;
  if (!silent) state.push("formula", "math", 0).content = found[1];
  state.pos += found[0].length;
  return true;
}

const picture = /^<!-- picture: dlcc (learn [^>]*?) -->\s*$/;

/** What a command of `dlcc learn` draws. In the page itself, and not in a file beside it, it follows the page's theme. */
function draw(words) {
  const folder = mkdtempSync(path.join(tmpdir(), "dlcc-docs-"));
  try {
    const file = path.join(folder, "picture.svg");
    execFileSync(process.execPath, [command, ...words.split(" "), "--svg", file], {
      stdio: ["ignore", "pipe", "inherit"],
      // It would note that the chapter was run, as somebody's progress.
      env: { ...process.env, XDG_STATE_HOME: folder },
    });
    // A group of shapes may have no name of its own: it has no role.
    return readFileSync(file, "utf8")
      .replace(/^<\?xml[^>]*>\s*/, "")
      .replace(/(<g\b[^>]*?) aria-label="[^"]*"/g, "$1");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A short piece of code is not to be broken, and an option never: a line that ends with `--` could be read as code. */
const whole = (text, html) =>
  text.length <= 20
    ? html.replace("<code", '<code class="whole"')
    : html.replace(/(?<=[\s>])--?[a-z][\w-]*/gi, '<span class="whole">$&</span>');

/** Adds them to TypeDoc's Markdown. */
export function extend(markdown) {
  const { code_inline: code, fence, html_block: html } = markdown.renderer.rules;
  // Names of files are no addresses: there is a top-level domain .md, and one .py.
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  markdown.inline.ruler.before("escape", "formula", inlineFormula);
  markdown.renderer.rules.formula = (tokens, i) => mathml(tokens[i].content, false);
  markdown.renderer.rules.code_inline = (tokens, i, ...rest) =>
    formulaOf(tokens[i].content) ?? whole(tokens[i].content, code(tokens, i, ...rest));
  markdown.renderer.rules.fence = (tokens, i, ...rest) =>
    tokens[i].info.trim() === "math"
      ? `<div class="formula">${mathml(tokens[i].content.trim(), true)}</div>\n`
      : fence(tokens, i, ...rest);
  markdown.renderer.rules.html_block = (tokens, i, ...rest) => {
    const found = picture.exec(tokens[i].content);
    return found ? `<figure>${draw(found[1])}</figure>\n` : html(tokens, i, ...rest);
  };
}
