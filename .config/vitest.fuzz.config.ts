import { defineConfig } from "vitest/config";
import usual from "./vitest.config.ts";

// The fuzzers alone, among them that of the site's address, one after the other: each measures its own memory.
export default defineConfig({
  resolve: usual.resolve,
  ssr: usual.ssr,
  test: {
    include: ["{packages,apps}/*/test/fuzz*.test.ts"],
    testTimeout: 24 * 60 * 60 * 1000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
});
