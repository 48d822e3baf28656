/** What went wrong once, and its kind. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { embeddedDigits } from "@dlcc/experiment/node";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dlcc } from "./dlcc.ts";
import { accuracyOf, curveOf, type Site, startSite, stepOf, train, trained } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

const small = "hidden=16-relu";
/** Of an epoch: 8,000 digits, 64 at a time. */
const steps = 125;

/** An IDX file of bytes. */
function idx(shape: readonly number[], data: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.writeUInt32BE(0x0800 + shape.length, 0);
  for (const [axis, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([head, data]);
}

const setNumber = async (page: Page, name: string, value: string): Promise<void> => {
  const field = page.getByRole("spinbutton", { name, exact: true });
  await field.fill(value);
  await field.press("Tab");
};
const runNames = (page: Page): Promise<string[]> =>
  page
    .getByRole("textbox", { name: "Name of the run" })
    .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
const hashOf = (page: Page): Promise<string> => page.evaluate(() => location.hash);

describe("changing a field after training", () => {
  test("more epochs extend the run: it keeps its weights, its curve and its accuracy, and goes on", async () => {
    const { page, errors } = await site.open(`#/train?${small}&epochs=2`);
    await train(page);
    const before = { accuracy: await accuracyOf(page), curve: await curveOf(page) };
    await setNumber(page, "Epochs", "4");
    await page.getByRole("button", { name: "Continue" }).waitFor();
    expect(await accuracyOf(page)).toBe(before.accuracy);
    expect(await stepOf(page)).toBe(2 * steps);
    expect(await hashOf(page)).toContain("epochs=4");
    await page.getByRole("button", { name: "Continue" }).click();
    await trained(page);
    const curve = await curveOf(page);
    expect(curve).toHaveLength(4 * steps);
    expect(curve.slice(0, 2 * steps)).toEqual(before.curve);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("any other field begins a new run, and the old one stays in the charts as a ghost", async () => {
    const { page } = await site.open(`#/train?${small}&epochs=1`);
    await train(page);
    expect(await runNames(page)).toEqual([]);
    await setNumber(page, "Learning rate", "0.05");
    await page.getByRole("button", { name: "Start training" }).waitFor();
    await expect.poll(() => runNames(page)).toEqual(["784-16-10, epochs 1"]);
    await page.close();
  });
});

describe("back and forward", () => {
  test("lead through the settings and views, and stay on the site", async () => {
    const { page } = await site.open(`#/train?${small}`);
    await page.getByText("More settings").click();
    await setNumber(page, "Seed", "7");
    await page.getByRole("link", { name: "Draw", exact: true }).click();
    await page.getByTestId("sheet").waitFor();
    await page.goBack();
    await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).toBe("A network learns to read");
    expect(await hashOf(page)).toContain("seed=7");
    await page.goBack();
    await expect.poll(() => hashOf(page)).toBe(`#/train?${small}`);
    await expect.poll(() => page.getByLabel("Seed", { exact: true }).inputValue()).toBe("1");
    await page.goForward();
    await expect.poll(() => page.getByLabel("Seed", { exact: true }).inputValue()).toBe("7");
    await page.close();
  });
});

test("a reload asks before it takes away a run that the browser doesn't keep: one of the visitor's own digits", async () => {
  const { page } = await site.open(`#/train?${small}&epochs=1`);
  const { images, labels } = embeddedDigits().test;
  const [pixels, truth] = [await images.data(), await labels.data()];
  const bytes = Uint8Array.from(pixels.subarray(0, 300 * 784), (value) => Math.round(value * 255));
  await page.locator("input[type=file]").setInputFiles([
    { name: "images", mimeType: "", buffer: idx([300, 28, 28], bytes) },
    { name: "labels", mimeType: "", buffer: idx([300], Uint8Array.from(truth.subarray(0, 300))) },
  ]);
  await page.getByText("250 training digits, 50 validation digits").waitFor();
  const asks = (): Promise<boolean> =>
    page.evaluate(() => {
      const event = new Event("beforeunload", { cancelable: true });
      dispatchEvent(event);
      return event.defaultPrevented;
    });
  expect(await asks()).toBe(false);
  await train(page);
  expect(await asks()).toBe(true);
  await page.close();
});

test("a setting of the address that can't be is named, and the address says what the form says", async () => {
  const { page } = await site.open("#/train?lr=1000000&seed=3");
  expect(await page.getByRole("status").textContent()).toMatch(
    /lr must be a number from 0.000001 to 100: the address has 1000000, so the run has 0.15\./,
  );
  expect(await hashOf(page)).toBe("#/train?seed=3");
  expect(await page.getByRole("spinbutton", { name: "Learning rate" }).inputValue()).toBe("0.15");
  await page.close();
});

test("the speed is never shown as 0", async () => {
  const { page } = await site.open(`#/train?${small}&epochs=6`);
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    const speed = document.querySelector("[data-testid=speed]");
    new MutationObserver(() => seen.push(speed?.textContent ?? "")).observe(speed as Node, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  await train(page);
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  expect(seen.some((text) => /^[1-9]/.test(text))).toBe(true);
  expect(seen.filter((text) => text === "0")).toEqual([]);
  await page.close();
});

describe("a run that diverges", () => {
  test("to a finite number says what happened; to go on is not the main button", async () => {
    const { page } = await site.open(`#/train?lr=100&schedule=constant&epochs=1`);
    await train(page);
    expect(await page.getByRole("alert").textContent()).toMatch(
      /(The loss has grown from|the loss is) .* Try a smaller learning rate/,
    );
    expect(await page.locator("button.primary").allTextContents()).toEqual(["Try a rate of 10"]);
    await page.getByRole("button", { name: "Try a rate of 10" }).click();
    await expect.poll(() => page.getByRole("spinbutton", { name: "Learning rate" }).inputValue()).toBe("10");
    await page.close();
  });

  test("to infinity says so with the step, and can't go on", async () => {
    const { page } = await site.open("#/train?lr=100&loss=l2&epochs=1");
    await page.getByRole("button", { name: "Start training" }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(
      /^The loss became (NaN|Infinity) at step \d+: .* Try a smaller learning rate\.$/,
    );
    expect(await page.locator("button.primary").allTextContents()).toEqual(["Try a rate of 10"]);
    expect(await page.getByRole("button", { name: "Continue" }).count()).toBe(0);
    // What the curve has is numbers.
    expect((await curveOf(page)).every(Number.isFinite)).toBe(true);
    await page.close();
  });
});

test("after a lesson on Draw, Train shows the accuracy that dlcc eval gives of the saved model", async () => {
  const { page } = await site.open(`#/train?${small}&epochs=1`);
  await train(page);
  const before = await accuracyOf(page);
  await page.getByRole("link", { name: "Draw", exact: true }).click();
  const box = await page.getByTestId("sheet").boundingBox();
  if (!box) throw new Error("the page must have a sheet, got none");
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.2 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.8 * box.height, { steps: 5 });
  await page.mouse.up();
  await page.locator("[data-testid=guess][aria-busy=false]").waitFor();
  // A wrong lesson: the line is a 1.
  await page.getByRole("button", { name: "It is a 8" }).click();
  await expect.poll(() => page.getByTestId("guess").textContent()).toBe("8");
  await page.getByRole("link", { name: "Train", exact: true }).click();
  await expect.poll(() => accuracyOf(page)).not.toBe(before);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the model" }).click(),
  ]);
  const out = path.join(mkdtempSync(path.join(tmpdir(), "dlcc-")), "taught.safetensors");
  await download.saveAs(out);
  expect(await accuracyOf(page)).toBeCloseTo(100 * dlcc(`eval ${out} --data embedded`).testAccuracy, 1);
  await page.close();
});
