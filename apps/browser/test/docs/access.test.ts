/** Each kind of page of the docs: axe finds nothing serious in it, and a phone doesn't scroll it sideways. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deploy, type Host, startHost } from "./host.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let host: Host;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

const kinds = {
  "the front page": "index.html",
  "a guide": "guide/formats.html",
  "a chapter of the course": "guide/10-backpropagation.html",
  "all guides and packages": "modules.html",
  "a package": "modules/_dlcc_losses.html",
  "a class": "classes/_dlcc_layers.Linear.html",
  "a function with a formula": "functions/_dlcc_losses.crossEntropy.html",
  "an interface": "interfaces/_dlcc_tensor.Backend.html",
};

const looks = [
  ["light", 1280],
  ["dark", 1280],
  ["light", 390],
  ["dark", 390],
] as const;

/** The only rules whose findings depend on the colours. */
const colours = ["color-contrast", "link-in-text-block"];

/** What axe finds that is serious or worse; by these rules alone, where they are named, and leaving out a part. */
async function seriousFindings(page: Page, rules?: readonly string[], without?: string): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  return page.evaluate(
    async ([rules, without]) => {
      type Finding = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] };
      const { axe } = globalThis as unknown as {
        axe: { run(place: object, options: object): Promise<{ violations: Finding[] }> };
      };
      const place = without ? { exclude: [without] } : document;
      const { violations } = await axe.run(place, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) });
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
    },
    [rules, without] as const,
  );
}

/** Opens a page of the docs, and waits for its sidebar, which a script draws. */
async function go(page: Page, address: string): Promise<void> {
  const response = await page.goto(host.docs + address);
  expect(response?.status(), address).toBe(200);
  await page.locator("#tsd-nav-container summary").first().waitFor({ state: "attached" });
  // Colours that still move to those of another theme have any contrast.
  await page.addStyleTag({ content: "*, ::backdrop { transition: none !important; animation: none !important; }" });
}

test.each(Object.entries(kinds))(
  "axe finds nothing serious on %s, light and dark, wide and narrow",
  async (_, file) => {
    const page = await host.open();
    await go(page, file);
    for (const [colorScheme, width] of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      // The sidebar has some hundred entries, which are the same on every page: the front page's are looked at.
      const without = file === "index.html" ? undefined : "#tsd-nav-container";
      const rules = colorScheme === "dark" ? colours : undefined;
      expect(await seriousFindings(page, rules, without), `${colorScheme}, ${width}`).toEqual([]);
    }
    await page.close();
  },
);

test.each([
  ["light", 1280],
  ["dark", 390],
] as const)("axe finds nothing serious in the search, %s, %i wide", async (colorScheme, width) => {
  const page = await host.open({ colorScheme, viewport: { width, height: 900 } });
  await go(page, "guide/precision.html");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("combobox").fill("softmax");
  await page.getByRole("option").first().waitFor();
  expect(await seriousFindings(page, undefined, ".container-main")).toEqual([]);
  await page.close();
});

test("what the search has found is chosen by keyboard and by a click", async () => {
  const page = await host.open();
  for (const choose of ["Enter", "click"]) {
    await go(page, "index.html");
    await page.keyboard.press("/");
    await page.getByRole("combobox").fill("crossEntropy");
    await page.getByRole("option").first().waitFor();
    if (choose === "click") await page.getByRole("option").first().click();
    else {
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
    }
    await page.getByRole("heading", { level: 1, name: "Function crossEntropy" }).waitFor();
  }
  await page.close();
});

test("axe finds nothing serious in the menu of a phone", async () => {
  const page = await host.open({ viewport: { width: 390, height: 900 } });
  await go(page, "guide/precision.html");
  await page.getByRole("link", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Train", exact: true }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.close();
});

test("no guide, and no other kind of page, is wider than a screen of 320 px", async () => {
  const page = await host.open({ viewport: { width: 320, height: 900 } });
  const guides = readdirSync(path.join(deploy, "docs/guide")).map((file) => `guide/${file}`);
  const wide: string[] = [];
  for (const file of new Set([...Object.values(kinds), ...guides])) {
    await page.goto(host.docs + file);
    await page.locator("h1").first().waitFor(); // TypeDoc shows a page when its scripts have run
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 320) wide.push(`${file}: ${width}`);
  }
  expect(wide).toEqual([]);
  await page.close();
});
