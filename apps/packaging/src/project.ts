/** A project of a stranger: an empty folder outside the workspace, with the packed packages installed by plain npm. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { attempt, type Outcome, run } from "./run.ts";
import { publishable, root, versionOf } from "./workspace.ts";

/** A project with all packages, and what TypeScript users have besides. */
export class Project {
  readonly folder: string;
  /** The tarballs, by name of the package. */
  readonly tarballs: ReadonlyMap<string, string>;

  private constructor(folder: string, tarballs: ReadonlyMap<string, string>) {
    this.folder = folder;
    this.tarballs = tarballs;
  }

  /** Packs all packages as they would be published, and installs them. */
  static create(): Project {
    const parent = realpathSync(mkdtempSync(path.join(tmpdir(), "dlcc-packaging-")));
    try {
      const tarballs = pack(path.join(parent, "tarballs"));
      const project = new Project(path.join(parent, "project"), tarballs);
      project.write("package.json", JSON.stringify({ name: "stranger", private: true, type: "module" }));
      const tools = ["typescript", "@types/node"].map((name) => `${name}@${versionOf(name)}`);
      project.npm("install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs.values(), ...tools);
      return project;
    } catch (error) {
      rmSync(parent, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Copies a folder of the repository beside this project, with `more` files in it, and has plain npm install what its
   * package.json says: the packages of dlcc from their tarballs, whatever version it names.
   */
  stranger(folder: string, more: readonly string[] = []): Project {
    const other = new Project(path.join(path.dirname(this.folder), folder.replaceAll("/", "-")), this.tarballs);
    other.copy(path.join(root, folder), ".");
    for (const file of more) other.copy(path.join(root, file), path.basename(file));
    const manifest = JSON.parse(other.read("package.json")) as { dependencies: Record<string, string> };
    for (const name of Object.keys(manifest.dependencies)) {
      const tarball = this.tarballs.get(name);
      if (tarball !== undefined) manifest.dependencies[name] = `file:${tarball}`;
      else if (name.startsWith("@dlcc/")) throw new Error(`${folder} asks for ${name}, which is not published`);
    }
    other.write("package.json", JSON.stringify(manifest, null, 2));
    // No script runs: what is installed here must do without, as it does for those who forbid them.
    other.npm("install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts");
    return other;
  }

  /** The project that was made by {@link create} in another process. */
  static at(folder: string): Project {
    return new Project(folder, tarballsIn(path.join(folder, "../tarballs")));
  }

  /** Nothing stays behind. */
  remove(): void {
    rmSync(path.dirname(this.folder), { recursive: true, force: true });
  }

  /** Where a file of the project is. */
  path(file: string): string {
    return path.join(this.folder, file);
  }

  /** A text; of a file that is not there, nothing. */
  read(file: string): string {
    return existsSync(this.path(file)) ? readFileSync(this.path(file), "utf8") : "";
  }

  write(file: string, text: string | Uint8Array): void {
    mkdirSync(path.dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  copy(from: string, to: string): void {
    cpSync(from, this.path(to), { recursive: true });
  }

  delete(file: string): void {
    rmSync(this.path(file), { recursive: true, force: true });
  }

  /** Runs npm, which must succeed. */
  npm(...args: readonly string[]): string {
    return run(this.folder, "npm", ...args);
  }

  /** Runs a command. */
  command(name: string, ...args: readonly string[]): Outcome {
    return attempt(this.folder, name, ...args);
  }

  /** Runs a program with plain Node. */
  node(...args: readonly string[]): Outcome {
    return attempt(this.folder, process.execPath, ...args);
  }

  /** Runs a command of an installed package. */
  bin(name: string, ...args: readonly string[]): Outcome {
    return attempt(this.folder, this.path(`node_modules/.bin/${name}`), ...args);
  }
}

/** Packs all packages into a folder, as `pnpm publish` would. */
function pack(folder: string): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true });
  const filters = publishable().flatMap(({ name }) => ["--filter", name]);
  run(root, path.join(root, "node_modules/.bin/pnpm"), "-r", ...filters, "pack", "--pack-destination", folder);
  const tarballs = tarballsIn(folder);
  if (tarballs.size === publishable().length) return tarballs;
  throw new Error(`of ${publishable().length} packages, ${tarballs.size} were packed: ${[...tarballs.keys()]}`);
}

/** pnpm calls the tarball of `@dlcc/io` 1.0.0 `dlcc-io-1.0.0.tgz`. */
function tarballsIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder);
  return new Map(
    publishable().flatMap(({ name, version }): [string, string][] => {
      const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
      return files.includes(file) ? [[name, path.join(folder, file)]] : [];
    }),
  );
}
