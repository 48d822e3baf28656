/** Bundles programs and packages the way that apps do, and weighs them. */
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

/** A kilobyte, as download sizes count it. */
const kilobyte = 1000;

/** One program in one file: tree-shaken, minified. */
export async function bundle(input: string, external: readonly string[] = []): Promise<string> {
  const build = await rolldown({
    input,
    platform: "node",
    external: external.map((name) => new RegExp(`^${name}(/|$)`)),
    resolve: { conditionNames: ["import", "default"] },
    onLog: (_, { message }) => {
      throw new Error(message);
    },
  });
  try {
    // The comments that would be left are annotations for a bundler, and this one has read them.
    const { output } = await build.generate({ format: "esm", minify: true, comments: false, codeSplitting: false });
    return output[0].code;
  } finally {
    await build.close();
  }
}

/** What goes over the wire, in kilobytes. */
export const gzipSize = (code: string): number => gzipSync(code, { level: 9 }).length / kilobyte;
