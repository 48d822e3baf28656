/** Small pictures in a terminal: two pixels in each character, one above the other, as half blocks. */

/** The first of the 24 grays, from almost black to almost white, among a terminal's 256 colours. */
const firstGray = 232;
const grays = 24;

/** Without colour, a pixel of at least this is drawn. */
const half = 0.5;

const gray = (value: number): number => firstGray + Math.round(Math.min(1, Math.max(0, value)) * (grays - 1));

/**
 * A picture as lines of text, half as many as it has rows.
 *
 * @param pixels Row by row, 0 (black) to 1 (white).
 * @param colour Whether to show shades of gray; else each pixel is drawn or not.
 */
export function halfBlocks(pixels: ArrayLike<number>, width: number, colour: boolean): string[] {
  const pixel = (row: number, column: number): number => pixels[row * width + column] ?? 0;
  return Array.from({ length: Math.ceil(pixels.length / width / 2) }, (_, line) => {
    const cells = Array.from({ length: width }, (__, column) => {
      const [upper, lower] = [pixel(2 * line, column), pixel(2 * line + 1, column)];
      if (colour) return `\x1b[38;5;${gray(upper)};48;5;${gray(lower)}m▀`;
      if (upper >= half) return lower >= half ? "█" : "▀";
      return lower >= half ? "▄" : " ";
    });
    return `${cells.join("")}${colour ? "\x1b[0m" : ""}`;
  });
}
