/** What a shell reads as it stands; anything else is put in quotes. */
const plain = /^[\w@%+=:,./-]+$/;

/** Words as they can be typed into a shell again. */
export const commandLine = (words: readonly string[]): string =>
  words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
