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
    .replace('<div class="col-content">', '<div class="col-content" role="main">')
    .replace('<div class="page-menu">', '<div class="page-menu" role="navigation" aria-label="On this page">')
    // The headings beside a page stand below its title, whatever headings its text has.
    .replace(/<h3>(Settings|On this page)<\/h3>/g, "<h2>$1</h2>");

/** An address on the demo site that a text names, such as `#/understand/softmax`, as a link from a page of the docs. */
export const linkedToSite = (html, url) =>
  html.replace(
    /<code(?: class="whole")?>(#\/(?:train|draw|understand)[\w/?=&-]*)<\/code>/g,
    (code, hash) => `<a href="${"../".repeat(url.split("/").length)}${hash}">${code}</a>`,
  );

/**
 * A script for each page: what the search finds is chosen as a whole, so there is no link in it that could take the focus.
 * It leads where the link led: by Enter, by a click, and in a window of its own as the browser's links do.
 */
export const chooseWhatIsFound = `(() => {
  const results = document.getElementById("tsd-search-results");
  new MutationObserver(() => {
    for (const link of results.querySelectorAll("a[href]")) {
      const { href } = link;
      link.removeAttribute("href");
      link.removeAttribute("tabindex");
      link.onclick = ({ ctrlKey, metaKey }) => (ctrlKey || metaKey ? open(href) : location.assign(href));
      link.onauxclick = ({ button }) => button === 1 && open(href);
    }
  }).observe(results, { childList: true });
})();`;

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
