/** Small images of numbers beside each other, in characters: they need neither colours nor a terminal that has shades. */
import type { Rows } from "@dlcc/course";

/** From nothing to the most. */
const shades = " ░▒▓█";
/** Below 0, from a little to the least. */
const against = " ·:-";

/** The character of a number, as a share of the largest. */
function character(value: number, most: number): string {
  const marks = value < 0 ? against : shades;
  return marks[Math.round((Math.abs(value) / most) * (marks.length - 1))] ?? " ";
}

/** The largest size of a number; 1 if all are 0. */
const mostOf = (rows: Rows): number => Math.max(...rows.flat().map(Math.abs)) || 1;

/** Images in lines of text, with a gap between them. */
const beside = (images: readonly (readonly string[])[], gap: string): string[] =>
  (images[0] ?? []).map((_, row) => `  ${images.map((lines) => lines[row] ?? "").join(gap)}`.trimEnd());

/** A character is about twice as high as wide, so each number has two. A kernel's largest number is the darkest. */
export const kernelTiles = (kernels: readonly Rows[]): string[] =>
  beside(
    kernels.map((kernel) => {
      const most = mostOf(kernel);
      return kernel.map((row) => row.map((value) => character(value, most).repeat(2)).join(""));
    }),
    " │",
  );

/** Images of which two rows share a line of characters, so many beside each other. */
export function imageTiles(images: readonly Rows[], across: number): string[] {
  const most = Math.max(...images.map(mostOf));
  const drawn = images.map((image) =>
    image
      .filter((_, row) => row % 2 === 0)
      .map((upper, line) =>
        upper.map((value, i) => character((value + (image[2 * line + 1]?.[i] ?? 0)) / 2, most)).join(""),
      ),
  );
  return drawn
    .flatMap((_, i) => (i % across === 0 ? [...beside(drawn.slice(i, i + across), " │"), ""] : []))
    .slice(0, -1);
}
