/** The addresses of the pages: those of guides are their files' names, so that the demo site can link to them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { KindRouter, ReflectionKind } from "typedoc";

const docs = path.resolve(import.meta.dirname, "..");

/** The file of each guide, without its ending, by the title that it states. */
export const guides = new Map(
  readdirSync(path.join(docs, "guide"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => {
      const [, title] = /^title: (.+)$/m.exec(readFileSync(path.join(docs, "guide", file), "utf8")) ?? [];
      return [title?.replace(/^"(.*)"$/, "$1"), file.slice(0, -".md".length)];
    }),
);

/** Guides stand in the folder guide/, by the names of their files; all others as TypeDoc has them. */
export class Router extends KindRouter {
  getIdealBaseName(reflection) {
    if (!reflection.kindOf(ReflectionKind.Document)) return super.getIdealBaseName(reflection);
    return `guide/${guides.get(reflection.name) ?? this.getUrlSafeName(reflection.name).toLowerCase()}`;
  }
}
