/** What there is to publish. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The root of the project. */
export const root: string = path.resolve(import.meta.dirname, "../../..");

/** A package of the workspace. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** Where it is, relative to the root. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What is read of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  /** The files that do something when they are imported; false for none. */
  readonly sideEffects?: readonly string[] | false;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** All packages that are published, by name. */
export function publishable(): Package[] {
  return ["packages", "apps"]
    .flatMap((parent) => readdirSync(path.join(root, parent)).map((name) => `${parent}/${name}`))
    .flatMap((folder): Package[] => {
      const manifest = manifestIn(path.join(root, folder));
      if (!manifest || manifest.private) return [];
      return [{ name: manifest.name, version: manifest.version, folder, manifest }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The `package.json` of a folder, if it has one. */
export function manifestIn(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The version of a tool or library that this folder is checked with. */
export function versionOf(name: string): string {
  const manifest = manifestIn(path.join(root, "apps/packaging/node_modules", name));
  if (!manifest) throw new Error(`${name} is not installed: npm run setup`);
  return manifest.version;
}
