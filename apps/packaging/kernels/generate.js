/**
 * Compiles packages/wasm/assembly and embeds the result in packages/wasm/src/binary.ts, as text: bundlers, Node and a CDN
 * need no other file, and tests and builds no compiler. It lives here because that compiler is large, and here alone it
 * is installed. With `--check` it compares, writes nothing, and fails if the file is not current.
 *
 * The text is base64 of gzip: what goes over the wire is packed anyway, but base64 of plain code packs badly.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("../../../packages/wasm/", import.meta.url));
const target = `${root}src/binary.ts`;

let binary;
const { error, stderr } = await asc.main(
  [
    "assembly/index.ts",
    ..."--outFile kernels.wasm --optimizeLevel 3 --converge --runtime stub --noAssert".split(" "),
    // Shared with the helpers; src/module.ts makes it a plain one where the host has no shared memory.
    ..."--importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536".split(" "),
    ..."--enable simd,threads,bulk-memory,nontrapping-f2i --disableWarning".split(" "),
  ],
  {
    readFile(name, base) {
      try {
        return readFileSync(`${base === "." ? root : `${base}/`}${name}`, "utf8");
      } catch {
        return null; // The compiler tries several places.
      }
    },
    writeFile(_name, contents) {
      binary = contents;
    },
  },
);
if (error) {
  console.error(stderr.toString());
  throw error;
}

/** The kernels that are embedded now. Packed bytes differ between versions of zlib: what is compared is unpacked. */
function embedded() {
  const [, packed = ""] = /"([A-Za-z0-9+/=]*)"/.exec(readFileSync(target, "utf8")) ?? [];
  return gunzipSync(Buffer.from(packed, "base64"));
}

const text = `/** The compiled kernels, gzipped. Generated from assembly/ by \`npm run kernels\`: don't edit. */
// biome-ignore format: one long line
export const binary: string = "${gzipSync(binary, { level: 9 }).toString("base64")}";
`;
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (!embedded().equals(binary)) {
  console.error("packages/wasm/src/binary.ts is not what assembly/ compiles to: run `npm run kernels`");
  process.exitCode = 1;
}
