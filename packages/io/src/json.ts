/** Strings and punctuation: enough to find the keys of valid JSON. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}:]/g;

/**
 * A key that an object has twice, at any depth, as JSON text; undefined if all keys differ. `JSON.parse` silently keeps the
 * last of them, so two readers could see two different files.
 *
 * @param text Valid JSON.
 */
export function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  let last = "";
  for (const [token] of text.matchAll(tokens)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (token === ":") {
      // Escapes are undone: "a" and "\u0061" are one key.
      const key = JSON.parse(last) as string;
      const keys = open[open.length - 1];
      if (keys?.has(key)) return last;
      keys?.add(key);
    }
    last = token;
  }
  return undefined;
}
