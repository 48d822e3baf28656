/** The demo site and the docs link to each other: the addresses of the guides are their files' names. */
import { chapters } from "@dlcc/course";
import { expect, test } from "vitest";
import { chaptersOf } from "../typedoc/chapters.js";
import { guides } from "../typedoc/router.js";

test.each(chapters.map(({ name, guide }) => [name, guide]))(
  "%s has a guide with an address, and the guide knows it",
  (name, guide) => {
    expect([...guides.values()]).toContain(guide);
    expect(chaptersOf(guide).map((chapter) => chapter.name)).toContain(name);
  },
);

test("each guide has a title of its own", () => expect([...guides.keys()]).not.toContain(undefined));

test("other pages have no chapters", () => expect(chaptersOf("formats")).toEqual([]));
