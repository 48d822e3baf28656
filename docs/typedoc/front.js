/**
 * The front page: what it is, what the command prints, how to install it, a first program, figures, and three ways to go on.
 * The words are those of the README, in this order; what the command prints is what it prints while the site is built.
 */
import { JSX } from "typedoc";
import { partsOf, runTraining } from "../picture/training.js";

const h = JSX.createElement;

/** The README's sections that come before the three ways, and their titles here. */
const early = { Install: "Install", "XOR in Node": "A first program", "How fast, how large": "Figures" };

const ways = [
  {
    title: "Learn",
    text: "The course: from the slope of a curve to networks of many layers, in twelve short chapters, each with a picture to touch.",
    guide: "the-course",
    link: "Begin with the derivative",
  },
  {
    title: "Build",
    text: "From a first tensor to a first network, then data, images, models in and out, and another backend with one line.",
    guide: "getting-started",
    link: "Get started",
  },
  {
    title: "Switch",
    text: "What you know, and what it is called here: the same program in both libraries, side by side.",
    guide: "coming-from-pytorch",
    link: "From PyTorch",
    more: { "coming-from-tensorflow-js": "from TensorFlow.js", "coming-from-brain-js": "from brain.js" },
  },
];

export function frontPage(context, { model }) {
  const [intro, ...sections] = sectionsOf(model.readme ?? []);
  const show = (parts) => h("div", { class: "tsd-typography" }, h(JSX.Raw, { html: context.markdown(parts) }));
  // What is rendered first comes first among the headings of the page.
  const lead = show(withoutPicture(intro.parts));
  const first = Object.entries(early).map(([title, name]) => {
    const section = sections.find((other) => other.title === title);
    if (!section)
      throw new Error(
        `front.js: the README must have a section "${title}", got ${sections.map((s) => s.title).join(", ")}`,
      );
    return show(titled(name, section.parts));
  });
  const rest = sections.filter(({ title }) => !Object.hasOwn(early, title));
  return h(
    "div",
    { class: "front" },
    h(
      "div",
      { class: "lead" },
      lead,
      h(
        "p",
        { class: "doors" },
        h("a", { class: "door first", href: context.guide("getting-started") }, "Get started"),
        h("a", { class: "door", href: context.guide("the-course") }, "Take the course"),
        h("a", { class: "door", href: context.site("train") }, "See a digit being read"),
      ),
    ),
    terminal(),
    ...first,
    h(
      "nav",
      { class: "ways", "aria-label": "Three ways to go on" },
      ...ways.map(({ title, text, guide, link, more = {} }) =>
        h(
          "section",
          null,
          h("h2", null, title),
          h("p", null, text),
          h(
            "p",
            null,
            h("a", { href: context.guide(guide) }, link),
            ...Object.entries(more).map(([file, name]) => [", ", h("a", { href: context.guide(file) }, name)]),
          ),
        ),
      ),
    ),
    ...rest.map(({ title, parts }) => show(titled(title, parts))),
  );
}

const titled = (title, parts) => [{ kind: "text", text: `## ${title}\n` }, ...parts];

/** The parts of a text by its headings of the second level; what comes before the first has no title. */
function sectionsOf(parts) {
  const sections = [{ title: "", parts: [] }];
  for (const part of parts) {
    if (part.kind !== "text") {
      sections.at(-1).parts.push(part);
      continue;
    }
    const [before, ...pieces] = part.text.split(/^## (.+)$/m);
    sections.at(-1).parts.push({ kind: "text", text: before });
    for (let i = 0; i < pieces.length; i += 2) {
      sections.push({ title: pieces[i], parts: [{ kind: "text", text: pieces[i + 1] }] });
    }
  }
  return sections;
}

/** The README's introduction without its picture, which is drawn anew below. */
function withoutPicture(parts) {
  const text = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  return [{ kind: "text", text: text.replace(/!\[[^\]]*\]\(\)/, "") }];
}

const colours = { 31: "red", 32: "green", 33: "yellow" };

/** What the command prints, up to the accuracy: as text, so that it can be read on a phone. */
function terminal() {
  return h(
    "div",
    { class: "terminal", role: "img", "aria-label": "npm start: a network learns to read digits in the terminal" },
    h("p", null, h("span", { class: "dim" }, "$ "), "npm start"),
    ...runTraining().map((line) =>
      h(
        "p",
        null,
        ...partsOf(line).map(({ text, colour, bold, dim }) =>
          h("span", { class: [bold && "bold", dim && "dim", colours[colour]].filter(Boolean).join(" ") }, text),
        ),
      ),
    ),
  );
}
