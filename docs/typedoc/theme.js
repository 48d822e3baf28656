/** The theme of the docs: TypeDoc's own pages in the visual language of the demo site, and a front page. */
import { DefaultTheme, DefaultThemeRenderContext, JSX, PageEvent } from "typedoc";
import { accessible, chooseWhatIsFound, focusWhatScrolls, linkedToSite, withOverviews } from "./access.js";
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

/** The page that lists all others. */
const everything = "All guides and packages";

class Context extends DefaultThemeRenderContext {
  constructor(...given) {
    super(...given);
    const { toolbar, documentTemplate } = this;
    this.toolbar = (props) => withViews(toolbar(props), this);
    this.documentTemplate = (props) =>
      h(JSX.Fragment, null, touch(this, props.model), documentTemplate(props), neighbours(this, props));
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
    const { navigation } = this;
    this.navigation = (props) => named(navigation(props), props.project.name, everything);
    const { header } = this;
    this.header = (props) => (props.url === "modules.html" ? h("h1", null, everything) : header(props));
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

/** An element in which a text is replaced by another. */
function named(element, from, to) {
  if (element === from) return to;
  if (Array.isArray(element)) return element.map((child) => named(child, from, to));
  if (element?.children) element.children = named(element.children, from, to);
  return element;
}

/** On a chapter of the course: the chapters of the demo site in which one can touch what it explains. */
function touch(context, { name }) {
  const chapters = chaptersOf(guides.get(name));
  if (chapters.length === 0) return h(JSX.Fragment, null);
  return h(
    "aside",
    { class: "touch" },
    chapters.length > 1 ? "Interactive chapters: " : "Interactive chapter: ",
    ...chapters.map((chapter, i) => [
      i > 0 ? ", " : "",
      h("a", { href: context.site(`understand/${chapter.name}`) }, chapter.title),
    ]),
  );
}

/** Below a guide: those before and after it, as the sidebar has them. The course's pages end with the course's own. */
function neighbours(context, { model, project }) {
  const file = ({ name }) => guides.get(name) ?? name.toLowerCase();
  const isOf = (group) => (guide) => groups[group].includes(file(guide));
  const all = project.documents ?? [];
  const inOrder = [
    ...all.filter(isOf("Start")),
    ...all.filter((guide) => !isOf("Start")(guide) && !isOf("Course")(guide)),
  ];
  const place = inOrder.indexOf(model);
  if (place < 0) return h(JSX.Fragment, null);
  const link = (label, guide) =>
    guide ? h("a", { href: context.urlTo(guide), rel: label.toLowerCase() }, h("span", null, label), guide.name) : null;
  return h(
    "nav",
    { class: "neighbours", "aria-label": "The guides before and after" },
    link("Previous", inOrder[place - 1]),
    link("Next", inOrder[place + 1]),
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
      if (page.contents) page.contents = linkedToSite(accessible(page.contents), page.url);
    });
    renderer.hooks.on("body.end", () => h("script", null, h(JSX.Raw, { html: focusWhatScrolls + chooseWhatIsFound })));
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
