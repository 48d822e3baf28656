import { existsSync, readFileSync } from "node:fs";

/** The version of the package that a module is of: `import.meta.resolve` says where the module is. */
export function versionOf(module: string): string {
  for (let folder = new URL(".", module); ; folder = new URL("..", folder)) {
    const file = new URL("package.json", folder);
    if (existsSync(file)) {
      const { version } = JSON.parse(readFileSync(file, "utf8")) as { version?: string };
      if (version !== undefined) return version;
    }
    if (folder.pathname === "/") throw new Error(`${module} belongs to no package`);
  }
}
