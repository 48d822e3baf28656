import { defineConfig } from "vitest/config";

// What users get: the packed packages, installed elsewhere. Needs a build, so it is not among the other tests.
export default defineConfig({
  test: {
    include: ["apps/packaging/test/**/*.test.ts"],
    globalSetup: ["apps/packaging/test/stranger.ts"],
    testTimeout: 120_000,
    // Installing, and taking away what was installed.
    hookTimeout: 240_000,
    // One process: the tests share a folder, and what they start takes both cores.
    fileParallelism: false,
  },
});
