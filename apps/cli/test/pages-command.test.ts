/** The page of the command in the guides is the command's own help: `npm run pages` writes it. */
import path from "node:path";
import { expect, test, vi } from "vitest";
import { mnistSource } from "../src/commands/data.ts";
import { programOf } from "../src/main.ts";
import { recipes } from "../src/reproduce/recipes.ts";
import { commandPage, commandsBelow } from "./command-page.ts";
import { typing, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const file = path.resolve(import.meta.dirname, "../../../docs/guide/command.md");

/** The program as it is on any machine. */
function program() {
  vi.stubEnv("XDG_CACHE_HOME", "~/.cache");
  return programOf({
    write: () => {},
    exit: () => {},
    complain: () => {},
    typed: "dlcc",
    screen: { isTerminal: false, columns: 80, colour: false },
    keyboard: typing(),
    mnist: mnistSource,
    recipes,
  });
}

test("the page is what the help says", async () => {
  await expect(commandPage(program()), "run `npm run pages`").toMatchFileSnapshot(file);
});

test("it has each command, and each option of each", () => {
  const page = commandPage(program());
  const sections = new Map(
    page
      .split(/^(?=#{2,3} dlcc )/m)
      .map((section) => [/^#{2,3} (dlcc .+)$/m.exec(section)?.[1] ?? "", section] as const),
  );
  const all = commandsBelow(program());
  expect(all.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["dlcc train csv", "dlcc learn softmax", "dlcc data fetch mnist"]),
  );
  for (const { name, command } of all) {
    const section = sections.get(name) ?? "";
    expect(section, name).toContain(`# ${name}\n`);
    for (const { long, hidden } of command.options)
      if (!hidden) expect(section, name).toMatch(new RegExp(`^\\| \`[^\`]*${long}\\b`, "m"));
  }
});

test("it names no folder of the machine that drew it", () => {
  const page = commandPage(program());
  expect(page).not.toMatch(/(?<!~)\/(?:home|root|tmp|Users)\//);
  expect(page).not.toContain("[object");
});
