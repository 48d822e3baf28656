/** What is drawn in the guides of the course from its table of chapters and its exercises: `npm run pages` writes it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { answerOf, type Chapter, chapters, type Exercise, exercisesOf, letterOf } from "@dlcc/course";
import { describe, expect, test } from "vitest";
import { root } from "./examples.ts";

const fileOf = (guide: string): string => path.join(root, "docs/guide", `${guide}.md`);
const read = (guide: string): string => readFileSync(fileOf(guide), "utf8");

/** The guides in the order of the table; neighbours can share one. */
const guides = [...new Set(chapters.map(({ guide }) => guide))];

const folded = (summary: string, text: string): string[] => [
  "<details>",
  `<summary>${summary}</summary>`,
  "",
  text,
  "",
  "</details>",
];

function exercise(one: Exercise): string {
  const { number, question, choices = [], hint, why } = one;
  return [
    `**${number}.** ${question}`,
    "",
    // A letter in bold, as a list of Markdown has numbers alone.
    ...choices.flatMap((choice, i) => [`- **${letterOf(i)}** ${choice}`]),
    ...(choices.length > 0 ? [""] : []),
    ...folded("Hint", hint),
    "",
    ...folded("Answer", `**${answerOf(one)}**. ${why}`),
    "",
  ].join("\n");
}

/** The exercises of a guide; those of several chapters have a heading for each. */
function exercises(guide: string): string {
  const own = chapters.filter((chapter) => chapter.guide === guide);
  const part = ({ name, title }: Chapter): string =>
    [
      ...(own.length > 1 ? [`### ${title}`, ""] : []),
      `\`dlcc learn ${name} --exercise\` asks these in the terminal, and judges your answers.`,
      "",
      ...exercisesOf(name).map(exercise),
    ].join("\n");
  return own.map(part).join("\n");
}

const titleOf = (guide: string): string => /^title: (.+)$/m.exec(read(guide))?.[1] ?? "";

/** The guides before and after one. */
function neighbours(guide: string): string {
  const at = guides.indexOf(guide);
  const [before, after] = [at > 0 ? guides[at - 1] : undefined, guides[at + 1]];
  return [
    ...(before ? [`Previous: [${titleOf(before)}](${before}.md)`] : []),
    "[The course](the-course.md)",
    ...(after ? [`Next: [${titleOf(after)}](${after}.md)`] : []),
  ].join(" · ");
}

/** A guide with its drawn parts as they should be. */
const drawn = (guide: string): string =>
  Object.entries({ exercises, neighbours }).reduce((text, [name, draw]) => {
    const marks = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
    expect(text, `${guide} has the two marks of ${name}`).toMatch(marks);
    return text.replace(marks, (_, begin: string, end: string) => `${begin}\n${draw(guide).trimEnd()}\n\n${end}`);
  }, read(guide));

/** The chapters that have a page on the site. */
const onSite = (): string[] => {
  const text = readFileSync(path.join(root, "apps/mnist/src/views/understand/chapters.ts"), "utf8");
  return chapters.map(({ name }) => name).filter((name) => new RegExp(`^\\s+["']?${name}["']?:`, "m").test(text));
};

/** The checklist with the pages of the site in its last column: those of the chapters that a row's commands run. */
function checklist(): string {
  const there = onSite();
  return read("checklist").replace(/^(\| \d+ \|.*\|)([^|]*)\|[^|]*\|$/gm, (_, rest: string, commands: string) => {
    const named = [...commands.matchAll(/`dlcc learn ([a-z-]+)/g)].map(([, name = ""]) => name);
    const pages = [...new Set(named)].filter((name) => there.includes(name)).map((name) => `\`#/understand/${name}\``);
    return `${rest}${commands}| ${pages.join(", ")} |`;
  });
}

test("the checklist names the pages of the site", async () => {
  expect(onSite()).toContain("gradient-descent");
  await expect(checklist(), "run `npm run pages`").toMatchFileSnapshot(fileOf("checklist"));
});

describe("the guides of the course", () => {
  test.each(guides)("%s has the exercises of its chapters, and leads to its neighbours", async (guide) => {
    await expect(drawn(guide), "run `npm run pages`").toMatchFileSnapshot(fileOf(guide));
  });

  test("one comes from the first to the last by 'next', and back by 'previous'", () => {
    const walk = (from: string, word: string): string[] => {
      const [, to] = new RegExp(`${word}: \\[[^\\]]+\\]\\((.+?)\\.md\\)`).exec(drawn(from)) ?? [];
      return to ? [from, ...walk(to, word)] : [from];
    };
    const [first = "", last = ""] = [guides[0], guides.at(-1)];
    expect(walk(first, "Next")).toEqual(guides);
    expect(walk(last, "Previous")).toEqual(guides.toReversed());
  });
});
