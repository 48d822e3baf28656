/** A model that was opened from a file: what the page says of it, and what becomes of it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { accuracyOf, startSite, train, trained } from "./site.ts";

test("an opened model gives its run its name; training goes on with it; a reload asks before it takes it away", async () => {
  const site = await startSite();
  const { page, errors } = await site.open("#/train?hidden=16-relu&epochs=1");
  await train(page);
  const learned = await accuracyOf(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the model" }).click(),
  ]);
  const buffer = readFileSync(await download.path());
  await page.getByRole("button", { name: "Back to the defaults" }).click();
  await page.getByRole("button", { name: "Start training" }).waitFor();
  const asks = (): Promise<boolean> =>
    page.evaluate(() => {
      const event = new Event("beforeunload", { cancelable: true });
      dispatchEvent(event);
      return event.defaultPrevented;
    });
  expect(await asks()).toBe(false);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "mine.safetensors", mimeType: "application/octet-stream", buffer });
  await page.getByText("Training goes on with the weights of mine.safetensors; Reset makes a new network").waitFor();
  await expect.poll(() => accuracyOf(page)).toBe(learned);
  expect(await asks()).toBe(true);
  const runs = page.locator(".runs");
  expect(await runs.locator("li").first().textContent()).toMatch(/^mine\.safetensors/);
  // It goes on: the first step begins where the file ended.
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(() => page.getByRole("progressbar", { name: "Training" }).getAttribute("value")).toBe("1");
  await page.getByRole("button", { name: "Continue" }).click();
  await trained(page);
  expect(await accuracyOf(page)).toBeGreaterThan(learned);
  await page.getByRole("button", { name: "Start over" }).click();
  // As one of the runs before, it keeps its name.
  const names = () =>
    runs.locator("input").evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));
  await expect.poll(names).toContain("mine.safetensors");
  await expect.poll(asks).toBe(false);
  expect(errors).toEqual([]);
  await page.close();
  await site.close();
});
