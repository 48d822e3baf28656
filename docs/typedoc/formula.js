/**
 * Formulas of doc comments as MathML. In a comment a formula stands as text, such as `` `½‖o − y‖²` ``, so that an editor
 * shows it as well; this makes TeX of it, and temml MathML of that.
 */
import temml from "temml";

/** MathML of TeX. */
export const mathml = (tex, displayMode) => temml.renderToString(tex, { displayMode, throwOnError: true });

const below = new Map([..."₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚₛₜ"].map((c, i) => [c, "0123456789+-aehijklmnopst".charAt(i)]));
const above = new Map([..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇⁱʲᵏˡⁿᵗˣʸᶻᵀ"].map((c, i) => [c, "0123456789+-abijklntxyzT".charAt(i)]));

const signs = new Map([
  ["·", "\\cdot "],
  ["×", "\\times "],
  ["−", "-"],
  ["≤", "\\le "],
  ["≥", "\\ge "],
  ["≈", "\\approx "],
  ["≠", "\\ne "],
  ["→", "\\rightarrow "],
  ["←", "\\leftarrow "],
  ["∞", "\\infty "],
  ["±", "\\pm "],
  ["…", "\\dots "],
  ["∂", "\\partial "],
  ["∇", "\\nabla "],
  ["Σ", "\\textstyle\\sum "],
  ["½", "\\tfrac{1}{2}"],
  ["¼", "\\tfrac{1}{4}"],
  ["‖", "\\Vert "],
  ["|", "\\vert "],
  ["⌊", "\\lfloor "],
  ["⌋", "\\rfloor "],
  ["⌈", "\\lceil "],
  ["⌉", "\\rceil "],
  ["∫", "\\textstyle\\int "],
  ["′", "'"],
  [";", ";\\;\\; "],
  ["{", "\\{"],
  ["}", "\\}"],
  ["%", "\\%"],
  ...Object.entries({
    α: "alpha",
    β: "beta",
    γ: "gamma",
    δ: "delta",
    ε: "varepsilon",
    η: "eta",
    θ: "theta",
    λ: "lambda",
    μ: "mu",
    π: "pi",
    ρ: "rho",
    σ: "sigma",
    φ: "varphi",
    Δ: "Delta",
    Φ: "Phi",
  }).map(([letter, name]) => [letter, `\\${name} `]),
]);

/** Letters with a sign above them: with two characters, or with one. */
const hats = new Map([
  ["\u0302", "hat"],
  ["\u0304", "bar"],
]);

const functions = new Set(["exp", "log", "ln", "cos", "sin", "tan", "tanh", "cosh", "sinh", "max", "min", "det"]);

/** Whether a piece of code is a formula: it has a sign that no code has, and nothing that only code has, such as a comment. */
const looksLikeFormula = (text) =>
  /[Σ∂∇√‖½¼²³·−≤≥≈←→∞±⌊ασβγδεηθλμπρφΔΦ₀-₉ᵢⱼₖ⁰-⁹⁻ˣᶻᵀᵗ×]/u.test(text) &&
  !/^\/\/|[[\]"'`=>]{2}|["'`[\]\\&#$@]|\.\w+\(|\w\.[a-z]/iu.test(text);

/** The end of what is in brackets from a place on. */
function closing(characters, open) {
  let depth = 0;
  for (let i = open; i < characters.length; i++) {
    if (characters[i] === "(" || characters[i] === "{") depth++;
    if (characters[i] === ")" || characters[i] === "}") depth--;
    if (depth === 0) return i;
  }
  return -1;
}

/** A word: a function, a product of two letters, or a name. */
function word(text, next) {
  if (functions.has(text)) return `\\${text} `;
  if (text === "if" || text === "else") return `\\text{ ${text} }`;
  if (/^[A-Za-z]$/.test(text) || (/^[a-z]{2}$/.test(text) && text !== "lr")) return text;
  return `${next === "(" ? "\\operatorname" : "\\mathrm"}{${text}}`;
}

/** Where what stands above ends, if it is neither a word nor in round brackets: e^−|z|, factor^⌊t / every⌋. */
function endOfPower(characters, start) {
  const end = { "⌊": "⌋", "|": "|" }[characters[start]];
  if (end) return characters.indexOf(end, start + 1) + 1;
  if (characters[start] === "−") return endOfPower(characters, start + 1);
  let to = start;
  while (/[\p{L}\p{N}]/u.test(characters[to] ?? "")) to++;
  return to;
}

/**
 * TeX of a formula as it stands in a comment, or undefined if the text is none.
 *
 * @param {string} text
 * @returns {string | undefined}
 */
export function toTex(text) {
  return looksLikeFormula(text) ? translate([...text.normalize("NFD").replaceAll("\u003D\u0338", "≠")]) : undefined;
}

function translate(characters) {
  let tex = "";
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i];
    const run = (table) => {
      let found = "";
      // Indices are parted by commas: u₁,₂.
      while (
        table.has(characters[i]) ||
        (found && table === below && characters[i] === "," && table.has(characters[i + 1]))
      ) {
        found += table.get(characters[i]) ?? ",";
        i++;
      }
      i--;
      return found;
    };
    if (below.has(c)) tex += `_{${run(below)}}`;
    else if (above.has(c)) tex += `^{${run(above)}}`;
    else if (c === "√") {
      // A root is over what is in brackets, over a word or number, or over a whole sum.
      const end = characters[i + 1] === "(" ? closing(characters, i + 1) : -1;
      if (end > 0) {
        tex += `\\sqrt{${translate(characters.slice(i + 2, end))}}`;
        i = end;
      } else if (characters[i + 1] === "Σ") {
        tex += `\\sqrt{${translate(characters.slice(i + 1))}}`;
        return tex;
      } else {
        const to = endOfPower(characters, i + 1);
        tex += `\\sqrt{${translate(characters.slice(i + 1, to))}}`;
        i = to - 1;
      }
    } else if ((c === "_" || c === "^") && /[({]/.test(characters[i + 1] ?? "")) {
      const end = closing(characters, i + 1);
      tex += `${c}{${translate(characters.slice(i + 2, end))}}`;
      i = end;
    } else if (c === "_" || c === "^") {
      const to = endOfPower(characters, i + 1);
      tex += `${c}{${translate(characters.slice(i + 1, to))}}`;
      i = to - 1;
    } else if (hats.has(characters[i + 1])) {
      tex += `\\${hats.get(characters[i + 1])}{${c}}`;
      i++;
    } else if (/[A-Za-z]/.test(c)) {
      let to = i + 1;
      while (/[A-Za-z0-9]/.test(characters[to] ?? "") && !hats.has(characters[to + 1])) to++;
      tex += word(characters.slice(i, to).join(""), characters[to]);
      i = to - 1;
    } else if (
      c === " " &&
      /[a-z]{2}/i.test(characters.slice(i - 2, i).join("")) &&
      /[a-z]{2}/i.test(characters.slice(i + 1, i + 3).join(""))
    ) {
      tex += "\\ "; // two words
    } else tex += signs.get(c) ?? c;
  }
  return tex;
}

/** A formula of a comment as MathML, or undefined if it is code. */
export function formulaOf(text) {
  const tex = toTex(text);
  return tex === undefined ? undefined : mathml(tex, false);
}
