import { afterAll, beforeAll, expect, test } from "vitest";
import { type Site, startSite } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** One of each kind of field. */
const fields = [
  ["spinbutton", "Units of layer 2", "32"],
  ["combobox", "Activation of layer 2", "tanh"],
  ["combobox", "Loss", "mse"],
  ["combobox", "Optimizer", "adam"],
  ["spinbutton", "Learning rate", "0.15"], // what another optimizer begins with
  ["combobox", "Rate over time", "constant"],
  ["spinbutton", "Batch size", "50"],
  ["spinbutton", "Epochs", "3"],
  ["spinbutton", "Weight decay", "0.0001"],
  ["spinbutton", "Dropout", "0.25"],
  ["combobox", "Augmentation", "strong"],
  ["combobox", "Initial weights", "xavier"],
  ["spinbutton", "Seed", "7"],
] as const;

test("an experiment comes back from its address", async () => {
  const { page } = await site.open();
  await page.getByText("More settings").click();
  await page.getByRole("button", { name: "Add a layer" }).click();
  for (const [role, name, value] of fields) {
    const field = page.getByRole(role, { name, exact: true });
    if (role === "combobox") await field.selectOption(value);
    else {
      await field.fill(value);
      await field.press("Tab");
    }
  }
  await page.getByRole("radio", { name: "TypeScript" }).check();
  const address = await page.evaluate(() => location.href); // page.url() is told of a new address only later
  await page.close();

  const { page: again, errors } = await site.open(address.slice(site.address.length));
  for (const [role, name, value] of fields) {
    expect(await again.getByRole(role, { name, exact: true }).inputValue(), name).toBe(value);
  }
  expect(await again.getByRole("radio", { name: "TypeScript" }).isChecked()).toBe(true);
  expect(await again.getByText("TypeScript; 8,000 training digits").count()).toBe(1);
  expect(errors).toEqual([]);
  await again.close();
});

test("an address that is typed into the open page is followed", async () => {
  const { page } = await site.open("#/train?seed=5");
  await page.evaluate(() => {
    location.hash = "#/train?seed=9&optimizer=adam";
  });
  await expect.poll(() => page.getByLabel("Seed", { exact: true }).inputValue()).toBe("9");
  await page.evaluate(() => {
    location.hash = "#/train";
  });
  await expect.poll(() => page.getByLabel("Seed", { exact: true }).inputValue()).toBe("1");
  expect(await page.getByLabel("Optimizer", { exact: true }).inputValue()).toBe("nesterov");
  await page.close();
});
