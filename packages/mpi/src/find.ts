/** Finds the library that suits the launcher, and starts it. */
import { bind, type Mpi } from "./bind.ts";
import { MpiError } from "./error.ts";
import type { Library, Opener } from "./foreign.ts";
import type { Launcher } from "./launcher.ts";
import { candidates, howToInstall, type Known, recognize } from "./libraries.ts";

/** What is said of a file that can't be opened. */
const notFound = "not found, or not a library for this process";

/** Opens one file. Returns what it is, or what is wrong with it. */
function tryFile(opener: Opener, file: string): { readonly library: Library; readonly known: Known } | string {
  let library: Library;
  try {
    library = opener.open(file);
  } catch {
    return notFound;
  }
  const known = recognize(library, opener, file);
  return typeof known === "string" ? known : { library, known };
}

/**
 * Finds and starts an MPI library: the one that is named, or the first that this platform has.
 *
 * @throws {MpiError} if there is none, with what was looked for and how to get one; or if it is another MPI's than the
 * launcher: then each process would be a world of its own.
 */
export function findMpi(
  opener: Opener,
  platform: string,
  launcher: Launcher | undefined,
  named: string | undefined,
): Mpi {
  const missing: string[] = [];
  const refused: string[] = [];
  for (const file of named === undefined ? candidates(platform, launcher?.family) : [named]) {
    const found = tryFile(opener, file);
    if (typeof found === "string") {
      if (found === notFound) missing.push(file);
      else refused.push(`${file} ${found}`);
      continue;
    }
    const mpi = bind(opener, found.library, file, found.known);
    assertSame(mpi, launcher, platform);
    return mpi;
  }
  if (missing.length > 0) refused.push(`${missing.join(", ")}: ${notFound}`);
  const looked = refused.length > 0 ? `Looked at ${refused.join("; ")}` : `dlcc knows no name of one on ${platform}`;
  const why = launcher ? `, as ${launcher.name} has started this process` : "";
  throw new MpiError(
    `createWorld: there must be an MPI library${why}. ${looked}. ${waysOut(platform)}. Without a launcher, one process trains alone`,
  );
}

/** How to get a library. */
const waysOut = (platform: string): string =>
  [
    howToInstall[platform] && `To get one: ${howToInstall[platform]}`,
    "To name one: createWorld({ library: … }), or DLCC_MPI_LIBRARY for the command",
  ]
    .filter(Boolean)
    .join(". ");

/** Throws if the library does not know of the processes that the launcher has started. */
function assertSame({ size, file, title }: Mpi, launcher: Launcher | undefined, platform: string): void {
  if (launcher?.size === undefined || launcher.size === size) return;
  throw new MpiError(
    `createWorld: launcher and library must be of the same MPI, got ${launcher.size} processes from ${launcher.name}, of which ${title} (${file}) sees ${size}: start the program with this library's own mpirun, or use the launcher's library. ${waysOut(platform)}`,
  );
}
