/** Whatever a package exports says what it is; functions and classes show it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { compilerOptions } from "./compiler.ts";
import { root } from "./examples.ts";

/** The packages' names of folders, and the files that their `exports` lead to. */
const packages = readdirSync(path.join(root, "packages")).flatMap((folder) => {
  const file = path.join(root, "packages", folder, "package.json");
  if (!existsSync(file)) return [];
  const { exports } = JSON.parse(readFileSync(file, "utf8")) as { exports: Record<string, Record<string, string>> };
  const entries = Object.values(exports).flatMap((conditions) => conditions["@dlcc/source"] ?? []);
  return [{ folder, entries: entries.map((entry) => path.join(root, "packages", folder, entry)) }];
});

const program = ts.createProgram(
  packages.flatMap(({ entries }) => entries),
  compilerOptions(),
);
const checker = program.getTypeChecker();

/** What an entry point exports, behind all re-exports. */
function exportsOf(entry: string): { name: string; symbol: ts.Symbol }[] {
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) return [];
  return checker.getExportsOfModule(module).map((symbol) => ({
    name: symbol.name,
    symbol: resolved(symbol),
  }));
}

/** What a name stands for, behind all re-exports. */
const resolved = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** Whether it says what it is; of a module, its file's first comment does. */
const isDocumented = (symbol: ts.Symbol): boolean =>
  symbol.flags & ts.SymbolFlags.ValueModule
    ? /^\/\*\*[\s\S]*?@module/.test(symbol.valueDeclaration?.getSourceFile().text ?? "") &&
      checker.getExportsOfModule(symbol).every((entry) => isDocumented(resolved(entry)))
    : symbol.getDocumentationComment(checker).length > 0;

/** Whether it can be called or made with `new`. Errors are thrown by others: where, `@throws` says. */
function needsExample({ name, symbol }: { name: string; symbol: ts.Symbol }): boolean {
  if (!(symbol.flags & ts.SymbolFlags.Value) || name.endsWith("Error")) return false;
  const { valueDeclaration } = symbol;
  if (!valueDeclaration) return false;
  const type = checker.getTypeOfSymbolAtLocation(symbol, valueDeclaration);
  return type.getCallSignatures().length + type.getConstructSignatures().length > 0 || ts.isClassLike(valueDeclaration);
}

describe.each(packages)("$folder", ({ folder, entries }) => {
  const all = entries.flatMap(exportsOf);

  test("every export has a doc comment", () => {
    expect(all.length).toBeGreaterThan(0);
    const silent = all.filter(({ symbol }) => !isDocumented(symbol));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  test("every function and class has an example", () => {
    const bare = all.filter(needsExample).filter(({ symbol }) => {
      return !symbol.getJsDocTags(checker).some((tag) => tag.name === "example");
    });
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  test("is on the site", () => {
    const { entryPoints } = JSON.parse(readFileSync(path.join(root, "docs/typedoc.json"), "utf8")) as {
      entryPoints: string[];
    };
    expect(entryPoints).toContain(`../packages/${folder}`);
  });
});
