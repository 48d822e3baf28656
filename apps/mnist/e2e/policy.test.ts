import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accuracyOf, type Site, startSite, train } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** What the browser says that it refused. */
const refusals = (page: Page): string[] => {
  const said: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) said.push(message.text());
  });
  return said;
};

test("the server says that the site takes nothing from elsewhere, and may not be framed", async () => {
  const { headers } = await fetch(site.address);
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  expect(policy).toMatch(/frame-ancestors 'none'/);
  expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|https?:|\*/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
});

test("a host that sends no header gets it with the page", async () => {
  const page = (await (await fetch(site.address)).text()).replaceAll("&#39;", "'");
  const meta = page.indexOf("Content-Security-Policy");
  expect(page.slice(meta)).toMatch(/^Content-Security-Policy" content="default-src 'none'; script-src 'self'/);
  expect(meta).toBeLessThan(page.indexOf("<script"));
});

test("all parts of the site work under it, with threads", async () => {
  const { page, errors } = await site.open("#/train?epochs=1&hidden=16-relu");
  const refused = refusals(page);
  await page.reload();
  await train(page);
  expect(await page.getByText(/WebAssembly, \d+ threads?/).count()).toBeGreaterThan(0);
  expect(await accuracyOf(page)).toBeGreaterThan(80);
  await page.getByRole("link", { name: "Draw", exact: true }).click();
  await page.getByTestId("sheet").click();
  await page
    .locator("[data-testid=guess][aria-busy=false]")
    .getByText(/^[\d?]$/)
    .waitFor();
  await page.getByRole("link", { name: "Understand", exact: true }).click();
  await page.locator("svg, canvas").first().waitFor();
  expect(refused).toEqual([]);
  expect(errors).toEqual([]);
  await page.close();
});

test("what a stranger's script would do is refused", async () => {
  const { page } = await site.open();
  const refused = refusals(page);
  const done = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "globalThis.entered = true";
    document.body.append(script);
    const sent = await fetch("https://example.com/").then(
      () => true,
      () => false,
    );
    return { sent, entered: "entered" in globalThis };
  });
  expect(done).toEqual({ sent: false, entered: false });
  expect(refused.length).toBeGreaterThan(0);
  await page.close();
});
