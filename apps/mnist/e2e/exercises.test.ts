/** The exercises below the chapters: judged in the page, and remembered. */
import { answerOf, exercisesOf } from "@dlcc/course";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Site, startSite } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
}, 120_000);
afterAll(() => site.close());

const open = (options = {}) => site.open("#/understand/gradient-descent", options, "Exercises");
const exercises = exercisesOf("gradient-descent");

describe("the exercises of a chapter, in Chromium", () => {
  test("are those of the course, and each answer of the course is right", async () => {
    const { page, errors } = await open();
    for (const exercise of exercises) {
      const one = page.getByTestId(`exercise ${exercise.number}`);
      expect(await one.textContent()).toContain(exercise.question);
      if (exercise.choices) await one.locator(`input[value="${answerOf(exercise)}"]`).check();
      else await one.getByRole("textbox").fill(answerOf(exercise));
      await one.getByRole("button", { name: "Check" }).click();
      await one.getByText("Right:").waitFor();
      expect(await one.getByRole("status").textContent()).toContain(exercise.why);
    }
    expect(await page.getByTestId("solved").textContent()).toBe(`${exercises.length} of ${exercises.length} solved`);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a wrong answer is told so, a slip of the sign too; a hint helps; Enter checks", async () => {
    const { page } = await open();
    const one = page.getByTestId("exercise 2");
    const field = one.getByRole("textbox");
    await field.fill("-0.6");
    await field.press("Enter");
    await one.getByText("the sign is the other one").waitFor();
    await one.getByRole("button", { name: "Hint" }).click();
    await one.getByText(exercises[1]?.hint ?? "").waitFor();
    await field.fill("3/5");
    await field.press("Enter");
    await one.getByText("Right:").waitFor();
    expect(await page.getByTestId("solved").textContent()).toBe(`1 of ${exercises.length} solved`);
    await page.close();
  });

  test("what is solved stays so after a reload, and the answer that is shown doesn't count", async () => {
    const { page } = await open();
    await page.getByTestId("exercise 1").getByRole("button", { name: "Show the answer" }).click();
    await page.getByTestId("exercise 1").getByText("The answer:").waitFor();
    await page.getByTestId("exercise 2").getByRole("textbox").fill("0.6");
    await page.getByTestId("exercise 2").getByRole("button", { name: "Check" }).click();
    await page.getByTestId("exercise 2").getByText("Solved").waitFor();
    await page.reload();
    await page.getByTestId("exercise 2").getByText("Solved").waitFor();
    expect(await page.getByTestId("solved").textContent()).toBe(`1 of ${exercises.length} solved`);
    await page.close();
  });

  test("another chapter has its own", async () => {
    const { page } = await open();
    await page.getByRole("link", { name: "Softmax" }).click();
    await page.getByText(exercisesOf("softmax")[0]?.question ?? "").waitFor();
    expect(await page.getByText(exercises[0]?.question ?? "").count()).toBe(0);
    await page.close();
  });

  test.each(["light", "dark"] as const)(
    "axe finds nothing serious, in %s, on a phone, with an answer given",
    async (colorScheme) => {
      const { page } = await open({ colorScheme, viewport: { width: 390, height: 844 } });
      const one = page.getByTestId("exercise 1");
      await one.getByRole("textbox").fill("1");
      await one.getByRole("button", { name: "Check" }).click();
      await one.getByText("Not right").waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      if (process.env.SHOT)
        await page
          .getByRole("region", { name: "Exercises" })
          .screenshot({ path: `${process.env.SHOT}-${colorScheme}.png` });
      await page.close();
    },
  );
});
