/** What can be on the sheet of Draw, and what is said of it. */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { textOf } from "../src/strokes.ts";
import { type Site, startSite } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

const open = async (hash: string): Promise<Page> => (await site.open(hash, {}, "Draw a digit")).page;
const guess = (page: Page): Promise<string | null> => page.getByTestId("guess").textContent();

/** A 7, and one of a quarter of the size. */
const seven = (size: number, dx = 0, dy = 0): string =>
  textOf([
    (
      [
        [0.2, 0.15],
        [0.75, 0.15],
        [0.6, 0.5],
        [0.45, 0.9],
      ] as const
    ).map(([x, y]) => [x * size + dx, y * size + dy] as const),
  ]);

test.each([
  ["large", seven(1)],
  ["a quarter as large, in a corner", seven(0.25, 0.7, 0.05)],
])("a drawing comes by its link, and is read by the model that comes with the page: %s", async (_, drawing) => {
  const page = await open(`#/draw?drawing=${drawing}`);
  await expect.poll(() => guess(page)).toBe("7");
  expect(await page.getByRole("radio", { name: /^the model that comes with the page/ }).isChecked()).toBe(true);
  await page.close();
});

test("a link to the drawing is copied, and opens it", async () => {
  const { page } = await site.open(`#/draw`, { permissions: ["clipboard-read", "clipboard-write"] }, "Draw a digit");
  const box = await page.getByTestId("sheet").boundingBox();
  if (!box) throw new Error("the page must have a sheet, got none");
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.1 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.9 * box.height, { steps: 8 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Copy a link to it" }).click();
  await page.getByText("The link is copied").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.close();
  const again = await open(link.slice(link.indexOf("#")));
  await expect.poll(() => guess(again)).toBe("1");
  await again.close();
});

/** The drawing in the address. */
const inAddress = (page: Page): Promise<string> =>
  page.evaluate(() => new URLSearchParams(location.hash.split("?")[1] ?? "").get("drawing") ?? "");

test("the address has what is on the sheet: a reload shows it, Clear takes it away, and the way back brings nothing older", async () => {
  const { page } = await site.open(
    `#/draw?seed=5&drawing=${seven(1)}`,
    { permissions: ["clipboard-read", "clipboard-write"] },
    "Draw a digit",
  );
  await expect.poll(() => guess(page)).toBe("7");
  await page.getByRole("button", { name: "Copy a link to it" }).click();
  await page.getByText("The link is copied").waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  expect(await page.getByText("The link is copied").count()).toBe(0);
  await expect.poll(() => inAddress(page)).toBe("");
  expect(page.url()).toContain("#/draw?seed=5");

  const line = async (x: number): Promise<void> => {
    const box = await page.getByTestId("sheet").boundingBox();
    if (!box) throw new Error("the page must have a sheet, got none");
    await page.mouse.move(box.x + x * box.width, box.y + 0.1 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.9 * box.height, { steps: 8 });
    await page.mouse.up();
  };
  await line(0.5);
  await expect.poll(() => inAddress(page)).not.toBe("");
  const drawn = await inAddress(page);
  await page.reload();
  await expect.poll(() => guess(page)).toBe("1");
  expect(await inAddress(page)).toBe(drawn);

  // What is drawn on Train stays on the sheet, whichever way leads back to Draw.
  await page.getByRole("link", { name: "Train", exact: true }).click();
  await page.getByRole("button", { name: "Clear" }).click();
  await line(0.3);
  await page.goBack();
  await page.getByRole("heading", { name: "Draw a digit" }).waitFor();
  await expect.poll(() => inAddress(page)).not.toBe(drawn);
  expect(await inAddress(page)).not.toBe("");
  await page.close();
});

test("of several digits it is said that the largest was read", async () => {
  const page = await open("#/draw");
  const png = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 700, height: 300 });
    const context = canvas.getContext("2d");
    if (!context) return "";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 700, 300);
    context.fillStyle = "#111";
    for (const [x, height] of [
      [100, 120],
      [350, 200],
      [600, 120],
    ] as const)
      context.fillRect(x, 50, 18, height);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  });
  const file = { name: "three.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByText("3 digits are here: the largest was read.").waitFor();
  expect(await guess(page)).toBe("1");
  await page.close();
});

test("the model that comes with the page shows what its layers see", async () => {
  const page = await open(`#/draw?drawing=${seven(1)}`);
  await page.getByRole("img", { name: "Outputs of part 1: 16 maps of 24×24, after ReLU" }).waitFor();
  const captions = await page.locator(".layers figcaption").allTextContents();
  expect(captions.slice(1)).toEqual([
    "16 maps of 24×24, after ReLU",
    "16 maps of 12×12, the largest of each window",
    "40 maps of 10×10, after ReLU",
    "40 maps of 8×8, after ReLU",
    "40 maps of 4×4, the largest of each window",
    "24 units, after ReLU",
  ]);
  await page.close();
});

test("a lesson says what it has changed, and is taken back", async () => {
  const page = await open(`#/draw?drawing=${seven(1)}`);
  await expect.poll(() => guess(page)).toBe("7");
  await page.getByRole("button", { name: "It is a 4" }).click();
  await page.getByText(/had a lesson: this is a 4\. It reads now, in place of .* It was not trained before/).waitFor();
  await expect.poll(() => guess(page)).toBe("4");
  await page.getByRole("button", { name: "Take the lesson back" }).waitFor();
  // Both are taken back.
  await page.getByRole("button", { name: "It is a 9" }).click();
  await expect.poll(() => guess(page)).toBe("9");
  await page.getByRole("button", { name: "Take the 2 lessons back" }).click();
  await expect.poll(() => guess(page)).toBe("7");
  expect(await page.getByRole("radio", { name: /^the model that comes with the page/ }).isChecked()).toBe(true);
  expect(await page.getByText(/had a lesson/).count()).toBe(0);
  await page.close();
});

test("a scribble is no digit", async () => {
  const scribble = Array.from(
    { length: 40 },
    (_, i) => [0.5 + 0.4 * Math.sin(2.3 * i), 0.5 + 0.4 * Math.cos(3.1 * i)] as const,
  );
  const page = await open(`#/draw?drawing=${textOf([scribble])}`);
  await expect.poll(() => guess(page)).toBe("?");
  expect(await page.getByTestId("why").textContent()).toMatch(/^(This doesn’t look like a digit|Not sure: \d or \d\?)/);
  // The visitor's own network has learned of digits alone, and answers, too.
  await page.getByRole("radio", { name: /^your network/ }).check();
  await page.getByRole("button", { name: "Clear" }).click();
  await expect.poll(() => guess(page)).toBe("–");
  await page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    `#/draw?drawing=${textOf([scribble.toReversed()])}`,
  );
  await expect.poll(() => guess(page)).toBe("?");
  await page.close();
});

test("a photograph is read; a file that is no picture, and one that is nothing that the page knows, are named", async () => {
  const page = await open("#/draw");
  const png = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 600, height: 900 });
    const context = canvas.getContext("2d");
    if (!context) return "";
    context.fillStyle = "#d8d2c4";
    context.fillRect(0, 0, 600, 900);
    context.strokeStyle = "#223";
    context.lineWidth = 34;
    context.beginPath();
    for (const [x, y] of [
      [180, 250],
      [430, 250],
      [330, 480],
      [260, 700],
    ] as const)
      context.lineTo(x, y);
    context.stroke();
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  });
  const input = page.locator("input[type=file]");
  await input.setInputFiles({ name: "seven.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") });
  await expect.poll(() => guess(page)).toBe("7");
  await input.setInputFiles({ name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.getByText(/^broken\.png could not be read as a picture/).waitFor();
  await input.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("These are notes.") });
  await page.getByText(/^notes\.txt is none of the files that this page can open/).waitFor();
  await page.close();
});
