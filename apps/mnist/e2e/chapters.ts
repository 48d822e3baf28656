/** What the tests of the chapters share. */
import { type ChapterName, chapters } from "@dlcc/course";
import type { Page } from "playwright";
import type { Site } from "./site.ts";

/** The title of a chapter, from the course's table. */
export const titleOf = (name: ChapterName): string => chapters.find((chapter) => chapter.name === name)?.title ?? "";

/** Opens a chapter, and waits until it is there. */
export async function openChapter(
  site: Site,
  name: ChapterName,
  options = {},
): Promise<{ page: Page; errors: string[] }> {
  const opened = await site.open(`#/understand/${name}`, options, "In the terminal:");
  await opened.page.getByRole("heading", { level: 1, name: titleOf(name), exact: true }).waitFor();
  return opened;
}

/** The numbers of a text, as the page writes them. */
export const numbersIn = (text: string | null): number[] =>
  (text ?? "")
    .replaceAll("−", "-")
    .replaceAll(",", "")
    .match(/-?\d+(\.\d+)?/g)
    ?.map(Number) ?? [];

/** The numbers of the element with a test id. */
export const numbersOf = async (page: Page, id: string): Promise<number[]> =>
  numbersIn(await page.getByTestId(id).textContent());

/** The texts of the cells of a table's body. */
export const rowsOf = async (page: Page, table: string): Promise<string[][]> =>
  page
    .getByTestId(table)
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));

/** Sets a slider. */
export const slide = (page: Page, label: string, value: number): Promise<void> =>
  page.getByRole("slider", { name: label, exact: true }).fill(String(value));

export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
