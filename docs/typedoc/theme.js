/** The theme of the docs: TypeDoc's own pages in the visual language of the demo site, and a front page. */
import { DefaultTheme, DefaultThemeRenderContext, JSX, PageEvent } from "typedoc";
import { accessible, focusWhatScrolls, withOverviews } from "./access.js";
import { chaptersOf } from "./chapters.js";
import { frontPage } from "./front.js";
import { guides } from "./router.js";

const h = JSX.createElement;

/** The views of the demo site, which stands one folder above the docs. */
const views = { train: "Train", draw: "Draw", understand: "Understand" };

/** The groups of the sidebar: the files of the guides in each; those that no group names are guides, and the rest is the API. */
const groups = {
  Start: ["getting-started", "examples"],
  Course: ["the-course", "checklist"],
};

class Context extends DefaultThemeRenderContext {
  constructor(...given) {
    super(...given);
    const { toolbar, documentTemplate } = this;
    this.toolbar = (props) => withViews(toolbar(props), this);
    this.documentTemplate = (props) => h(JSX.Fragment, null, touch(this, props.model), documentTemplate(props));
    // On a phone the header has no room for the views: they stand in the menu.
    this.sidebarLinks = () =>
      h(
        "nav",
        { id: "tsd-sidebar-links", class: "tsd-navigation", "aria-label": "The demo site" },
        ...Object.entries(views).map(([view, title]) =>
          h("a", { href: this.site(view), class: "tsd-nav-link" }, title),
        ),
      );
    this.indexTemplate = (props) => frontPage(this, props);
  }

  /** An address on the demo site. */
  site(hash) {
    return this.relativeURL(`../#/${hash}`);
  }

  /** The address of a guide, by the name of its file. */
  guide(file) {
    return this.relativeURL(`guide/${file}.html`);
  }
}

/** The page's header: the brand as on the demo site, and the site's views beside "Docs". */
function withViews(header, context) {
  const find = (element, matches) => {
    if (typeof element !== "object" || element === null) return undefined;
    if (Array.isArray(element)) return element.map((child) => find(child, matches)).find(Boolean);
    return matches(element.props ?? {}) ? element : find(element.children, matches);
  };
  const brand = find(header, ({ class: name }) => name === "title");
  const links = find(header, ({ id }) => id === "tsd-toolbar-links");
  if (!brand || !links) throw new Error("theme.js: TypeDoc's header must have a title and links, got another one");
  brand.children = ["dlcc", h("i", null, "7")];
  links.children = [
    ...Object.entries(views).map(([view, title]) => h("a", { href: context.site(view) }, title)),
    h("a", { href: context.relativeURL("index.html"), "aria-current": "true" }, "Docs"),
  ];
  return header;
}

/** On a chapter of the course: where to touch what it explains. */
function touch(context, { name }) {
  const chapters = chaptersOf(guides.get(name));
  if (chapters.length === 0) return h(JSX.Fragment, null);
  return h(
    "aside",
    { class: "touch" },
    "To touch: ",
    ...chapters.map((chapter, i) => [
      i > 0 ? ", " : "",
      h("a", { href: context.site(`understand/${chapter.name}`) }, chapter.title),
    ]),
    ", in the demo site.",
  );
}

/** Groups are open until the reader closes them; TypeDoc keeps that under these names. */
const openGroups = `for (const name of ["Start", "Course", "Guides", "API"]) {
  try { localStorage["tsd-accordion-" + name] ??= "true"; } catch {}
}`;

export class DlccTheme extends DefaultTheme {
  ContextClass = Context;

  constructor(renderer) {
    super(renderer);
    renderer.on(PageEvent.END, (page) => {
      if (page.contents) page.contents = accessible(page.contents);
    });
    renderer.hooks.on("body.end", () => h("script", null, h(JSX.Raw, { html: focusWhatScrolls })));
    renderer.hooks.on("head.begin", () => h("script", null, h(JSX.Raw, { html: openGroups })));
  }

  buildNavigation(project) {
    const rest = super.buildNavigation(project);
    const take = (matches) => {
      const taken = rest.filter(matches);
      for (const entry of taken) rest.splice(rest.indexOf(entry), 1);
      // The children of a guide stand beside it: the chapters beside the course.
      return taken.flatMap(({ children = [], ...entry }) => [entry, ...children]);
    };
    const isGuide = ({ path = "" }) => path.startsWith("guide/");
    const named = Object.entries(groups).map(([text, files]) => ({
      text,
      children: take(({ path }) => files.some((file) => path === `guide/${file}.html`)),
    }));
    const others = { text: "Guides", children: take(isGuide) };
    return [...named, others, { text: "API", children: withOverviews(rest) }];
  }
}
