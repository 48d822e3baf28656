import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { embeddedDigits } from "@dlcc/experiment/node";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dlcc } from "./dlcc.ts";
import { accuracyOf, type Site, startSite, train } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

interface TestFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Drops files onto the page, as a mouse does that drags them from a folder. */
async function drop(page: Page, files: readonly TestFile[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
  const data = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of list) {
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    }
    return transfer;
  }, given);
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

const alertOf = async (page: Page): Promise<string | null> =>
  page.getByRole("alert").getByRole("paragraph").textContent();

/** An IDX file of bytes. */
function idx(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size);
  });
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** The first of the embedded digits as the two files that MNIST has of them. */
async function idxFiles(count: number, kind = "train"): Promise<[TestFile, TestFile]> {
  const { images, labels } = embeddedDigits()[kind === "train" ? "train" : "test"];
  const pixels = Uint8Array.from((await images.data()).subarray(0, count * 784), (value) => Math.round(value * 255));
  return [
    { name: `${kind}-images-idx3-ubyte`, bytes: idx([count, 28, 28], pixels) },
    { name: `${kind}-labels-idx1-ubyte`, bytes: idx([count], (await labels.data()).subarray(0, count)) },
  ];
}

describe("a model", () => {
  test("that dlcc train made is opened, and reads as well here as there", async () => {
    const out = path.join(mkdtempSync(path.join(tmpdir(), "dlcc-")), "trained.safetensors");
    const { testAccuracy } = dlcc(
      `train mnist --data embedded --hidden 24,16 --activation tanh,relu --epochs 1 --out ${out}`,
    );
    const { page, errors } = await site.open();
    await drop(page, [{ name: "trained.safetensors", bytes: readFileSync(out) }]);
    await page.getByText("trained.safetensors, 784-24-16-10, on").waitFor();
    await expect.poll(() => accuracyOf(page)).toBeCloseTo(100 * testAccuracy, 1);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("that was trained here is saved, and opened again", async () => {
    const { page } = await site.open("#/train?hidden=16-relu&epochs=1");
    await train(page);
    const learned = await accuracyOf(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the model" }).click(),
    ]);
    const buffer = readFileSync(await download.path());
    await page.getByRole("button", { name: "Start over" }).click();
    await expect.poll(() => accuracyOf(page)).toBeLessThan(50);
    const file = { name: "mine.safetensors", mimeType: "application/octet-stream", buffer };
    await page.locator("input[type=file]").setInputFiles(file);
    await expect.poll(() => accuracyOf(page)).toBe(learned);
    // The command can use it, too.
    const out = path.join(mkdtempSync(path.join(tmpdir(), "dlcc-")), "mine.safetensors");
    await download.saveAs(out);
    expect(100 * dlcc(`eval ${out} --data embedded`).testAccuracy).toBeCloseTo(learned, 1);
    await page.close();
  });

  test("that is broken, for something else, or not a model, is refused with the reason; the network stays", async () => {
    const out = path.join(mkdtempSync(path.join(tmpdir(), "dlcc-")), "small.safetensors");
    dlcc(`train mnist --data embedded --hidden 8 --epochs 1 --out ${out}`);
    const bytes = readFileSync(out);
    const { page, errors } = await site.open("#/train?hidden=16-relu");
    await expect.poll(() => accuracyOf(page)).toBeGreaterThan(0);
    const before = await accuracyOf(page);
    await drop(page, [{ name: "half.safetensors", bytes: bytes.subarray(0, bytes.length / 2) }]);
    await expect.poll(() => alertOf(page)).toMatch(/^half\.safetensors: .*bytes/);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await drop(page, [{ name: "notes.txt", bytes: Buffer.from("These are my notes on digits.") }]);
    await expect.poll(() => alertOf(page)).toMatch(/^notes\.txt is none of the files .*safetensors/);
    expect(await accuracyOf(page)).toBe(before);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe("your own digits, as IDX files", () => {
  test("a file of images and one of labels: a sixth is set aside", async () => {
    const { page } = await site.open("#/train?hidden=16-relu&epochs=2");
    await drop(page, await idxFiles(1200));
    await page.getByText("1,000 training digits, 200 validation digits").waitFor();
    await train(page);
    expect(await accuracyOf(page)).toBeGreaterThan(60);
    expect(await page.getByTestId("command").textContent()).toMatch(/--data folder/);
    await page.close();
  });

  test("all four, as MNIST has them", async () => {
    const { page } = await site.open("#/train?hidden=16-relu");
    await drop(page, [...(await idxFiles(600)), ...(await idxFiles(100, "t10k"))]);
    await page.getByText("600 training digits, 100 validation digits").waitFor();
    await page.close();
  });

  test("an error about a file names it; the digits stay", async () => {
    const { page, errors } = await site.open("#/train?hidden=16-relu");
    const [images, labels] = await idxFiles(60);
    await drop(page, [{ ...images, bytes: images.bytes.subarray(0, 5000) }, labels]);
    await expect.poll(() => alertOf(page)).toMatch(/^train-images-idx3-ubyte: .*bytes/);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await drop(page, [images]);
    await expect.poll(() => alertOf(page)).toMatch(/^1 with images and 0 with labels .* give one of each/);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await drop(page, [images, { ...labels, bytes: idx([59], new Uint8Array(59)) }]);
    await expect.poll(() => alertOf(page)).toMatch(/60.*59/);
    await expect.poll(() => page.getByText("8,000 training digits").count()).toBe(1);
    expect(errors).toEqual([]);
    await page.close();
  });
});
