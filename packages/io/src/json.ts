/**
 * The end of a JSON string, which begins with a quote. A pattern with a group for escapes would do in small files: of some
 * millions of escapes it remembers each, and runs out of stack.
 */
function endOf(text: string, start: number): number {
  for (let i = start + 1; ; i++) {
    const character = text[i];
    if (character === '"') return i + 1;
    if (character === "\\") i++;
  }
}

/**
 * A key that an object has twice, at any depth; undefined if all keys differ. `JSON.parse` silently keeps the last of them,
 * so two readers could see two different files.
 *
 * @param text Valid JSON.
 */
export function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  let last: [start: number, end: number] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      last = [i, endOf(text, i)];
      i = last[1] - 1;
    } else if (character === "{") open.push(new Set());
    else if (character === "}") open.pop();
    else if (character === ":") {
      // Escapes are undone: "a" and "\u0061" are one key.
      const key = JSON.parse(text.slice(...last)) as string;
      const keys = open[open.length - 1];
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
