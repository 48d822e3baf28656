import { expect, test, vi } from "vitest";
import { dlcc, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();
const plots = vi.hoisted(() => ({ loaded: false }));
vi.mock("@dlcc/pictures", (original) => {
  plots.loaded = true;
  return original();
});

test("the plotting library is loaded only for a picture", async () => {
  await dlcc(["learn", "derivative"]);
  expect(plots.loaded).toBe(false);
  await dlcc(["learn", "derivative", "--svg", newPath("picture.svg")]);
  expect(plots.loaded).toBe(true);
});
