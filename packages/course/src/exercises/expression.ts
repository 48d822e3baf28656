/**
 * Reads a number as people write it: `-3`, `1e-3`, `1/4`, `(1/4)^10`, `25 %`, `1/(1 + e^-2)`, `√2`, `log 2`.
 *
 * sum = product (± product)…; product = power (× or ÷ power)…; power = ± power, or atom (^ power); an atom is a number, e, π, a
 * function of an atom, or a sum in brackets; a percent sign may follow.
 */
const functions: Readonly<Record<string, (v: number) => number>> = {
  "√": Math.sqrt,
  sqrt: Math.sqrt,
  log: Math.log,
  ln: Math.log,
  exp: Math.exp,
};
const constants: Readonly<Record<string, number>> = { e: Math.E, π: Math.PI, pi: Math.PI };

const token = /\s*(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[a-zπ]+|[-+*/^()%√])/iy;

/** What people type for the same: minus signs, dots, fractions, brackets. */
const plain = (text: string): string =>
  text
    .replace(/[−–]/g, "-")
    .replace(/[·×]/g, "*")
    .replaceAll("÷", "/")
    .replaceAll("**", "^")
    .replace(/[[{]/g, "(")
    .replace(/[\]}]/g, ")")
    .replaceAll("½", "(1/2)")
    .replaceAll("¼", "(1/4)")
    .replaceAll("¾", "(3/4)")
    .trim();

function tokensOf(text: string): string[] | undefined {
  const words: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const [, word] = token.exec(text) ?? [];
    if (word === undefined) return undefined;
    words.push(word.toLowerCase());
  }
  return words;
}

/** An answer is short: a longer text is none, and would only nest. */
const longest = 200;

/** The value of a text, or NaN where it is no number. */
export function numberIn(text: string): number {
  const words = text.length > longest ? undefined : tokensOf(plain(text));
  if (!words) return Number.NaN;
  let next = 0;
  const take = (...some: readonly string[]): string | undefined =>
    some.includes(words[next] ?? "") ? words[next++] : undefined;

  const atom = (): number => {
    const word = words[next++] ?? "";
    if (word === "(") {
      const inside = sum();
      return take(")") ? inside : Number.NaN;
    }
    const f = Object.hasOwn(functions, word) ? functions[word] : undefined;
    if (f) return f(atom());
    return Object.hasOwn(constants, word)
      ? (constants[word] ?? Number.NaN)
      : /^[\d.]/.test(word)
        ? Number(word)
        : Number.NaN;
  };
  const power = (): number => {
    const sign = take("-", "+");
    if (sign) return sign === "-" ? -power() : power();
    const base = atom();
    const raised = take("^") ? base ** power() : base;
    return take("%") ? raised / 100 : raised;
  };
  const product = (): number => {
    let value = power();
    for (let sign = take("*", "/"); sign; sign = take("*", "/"))
      value = sign === "*" ? value * power() : value / power();
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = take("+", "-"); sign; sign = take("+", "-"))
      value = sign === "+" ? value + product() : value - product();
    return value;
  };
  const value = sum();
  return next === words.length ? value : Number.NaN;
}

/** The parts of a text between commas or semicolons that no bracket holds; without any, between spaces. */
export function parts(text: string): string[] {
  const found = [""];
  let depth = 0;
  for (const letter of text.trim()) {
    if ("([{".includes(letter)) depth++;
    if (")]}".includes(letter)) depth--;
    if (depth === 0 && ",;".includes(letter)) found.push("");
    else found[found.length - 1] += letter;
  }
  if (found.length > 1) return found;
  const [whole = ""] = found;
  const [, inside] = /^[([{](.*)[)\]}]$/.exec(whole) ?? [];
  if (inside !== undefined && /[,;\s]/.test(inside.trim())) return parts(inside);
  return whole.split(/\s+/);
}
