/**
 * What TypeDoc's pages lack for keyboards and screen readers: a link inside of what opens and closes can't be told from it,
 * no part of a page says that it is the main one, and what scrolls sideways on a phone can't be reached by keyboard.
 */

/** The sidebar's entries, where one that opens and closes is no link itself: its page is the first of its children. */
export const withOverviews = (entries) =>
  entries.map(({ path, ...entry }) => {
    if (!entry.children) return { ...entry, path };
    const children = withOverviews(entry.children);
    return { ...entry, children: path ? [{ text: "Overview", path }, ...children] : children };
  });

/** A page whose headings that open and close have no links in them (those are under "On this page"), with its main part. */
export const accessible = (html) =>
  html
    .replace(/<summary[\s\S]*?<\/summary>/g, (summary) =>
      summary.replace(/<a [^>]*class="tsd-anchor-icon"[\s\S]*?<\/a>/g, ""),
    )
    .replace('<div class="col-content">', '<div class="col-content" role="main">');

/** A script for each page: tables, formulas and pictures take the focus where they are wider than their room. */
export const focusWhatScrolls = `(() => {
  const look = () => {
    for (const element of document.querySelectorAll(".tsd-typography table, .formula, figure")) {
      if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    }
  };
  // TypeDoc shows a page only when its scripts have run: before, nothing has a width.
  new ResizeObserver(look).observe(document.body);
})();`;
