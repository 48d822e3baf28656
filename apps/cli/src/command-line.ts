/** A word that a shell reads literally; other words need quotes. */
const plain = /^[\w@%+=:,./-]+$/;

/** Words as a shell command. */
export const commandLine = (words: readonly string[]): string =>
  words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
