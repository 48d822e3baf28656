/** What JSR, the registry of Deno's makers, needs beside the sources. */
import type { Package } from "./workspace.ts";

/**
 * The text of JSR's manifest for a package: its entries are its sources, and its peers come from npm. JSR takes no module that adds to
 * the types of another: those with side effects are left out.
 */
export function jsrManifest({ name, version, manifest }: Package): string {
  const effects = manifest.sideEffects || [];
  const entries = Object.entries(manifest.exports ?? {}).flatMap(([entry, conditions]) => {
    const source = (conditions as Readonly<Record<string, string>>)["@dlcc/source"];
    return source === undefined || effects.includes(source) ? [] : [[entry, source]];
  });
  const peers = Object.keys(manifest.peerDependencies ?? {}).map((peer) => [peer, `npm:${peer}`]);
  return JSON.stringify({
    name,
    version: version === "0.0.0" ? "1.0.0" : version,
    license: "MIT",
    exports: Object.fromEntries(entries),
    imports: Object.fromEntries(peers),
    publish: { include: ["src", "README.md", "LICENSE", "jsr.json"] },
  });
}
