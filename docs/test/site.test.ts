/** The demo site and the docs link to each other: the addresses of the guides are their files' names. */
import { chapters } from "@dlcc/course";
import { expect, test } from "vitest";
import { accessible, linkedToSite, withOverviews } from "../typedoc/access.js";
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

test("in the sidebar, what opens and closes is no link: its page is its first child", () => {
  const linear = { text: "Linear", path: "classes/Linear.html" };
  expect(withOverviews([{ text: "layers", path: "modules/layers.html", children: [linear] }, linear])).toEqual([
    { text: "layers", children: [{ text: "Overview", path: "modules/layers.html" }, linear] },
    linear,
  ]);
});

test("on a page, what opens and closes has no link in it, other headings keep theirs, and there is a main part", () => {
  const heading = '<h2 id="a">Methods<a href="#a" aria-label="Permalink" class="tsd-anchor-icon"><svg></svg></a></h2>';
  expect(accessible(`<div class="col-content"><summary data-key="a">${heading}</summary>${heading}</div>`)).toBe(
    `<div class="col-content" role="main"><summary data-key="a"><h2 id="a">Methods</h2></summary>${heading}</div>`,
  );
});

test("the headings beside a page come below its title, and they are a way through the page", () => {
  expect(accessible('<div class="page-menu"><summary><h3>Settings</h3></summary></div>')).toBe(
    '<div class="page-menu" role="navigation" aria-label="On this page"><summary><h2>Settings</h2></summary></div>',
  );
});

test("an address on the demo site that a text names is a link to it, from each depth of the docs", () => {
  const text = "<code>#/understand/softmax</code> and <code>#ffffff</code>";
  expect(linkedToSite(text, "guide/checklist.html")).toBe(
    '<a href="../../#/understand/softmax"><code>#/understand/softmax</code></a> and <code>#ffffff</code>',
  );
  expect(linkedToSite(text, "index.html")).toContain('<a href="../#/understand/softmax">');
});
