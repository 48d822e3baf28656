/** The "?" beside a word: what it says can be read. */
import { expect, test } from "vitest";
import { startSite } from "./site.ts";

test('an explanation opens above its "?" where there is no room below, and below where there is', async () => {
  const site = await startSite();
  const { page } = await site.open("", { viewport: { width: 1280, height: 800 } });
  const question = page.getByRole("button", { name: "What is a minibatch?" });
  const note = page.getByRole("note");
  const boxes = async () => {
    const [mark, text] = [await question.boundingBox(), await note.boundingBox()];
    if (!mark || !text) throw new Error("the page must have a question and its answer");
    return { mark, text };
  };
  // As far below as a reader may find it: two lines above the end of the window.
  const scrollTo = (y: number) =>
    question.evaluate((mark, to) => scrollBy({ top: mark.getBoundingClientRect().top - to, behavior: "instant" }), y);
  await scrollTo(740);
  await question.click();
  const low = await boxes();
  expect(low.text.y + low.text.height).toBeLessThanOrEqual(low.mark.y);
  expect(low.text.y).toBeGreaterThan(56); // the page's header
  await page.keyboard.press("Escape");
  await scrollTo(300);
  await question.click();
  const high = await boxes();
  expect(high.text.y).toBeGreaterThanOrEqual(high.mark.y + high.mark.height);
  await page.close();
  await site.close();
});
