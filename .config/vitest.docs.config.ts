import { defineConfig } from "vitest/config";

// The site of the docs, as a static host serves it beside the demo site. Needs `deploy/`, so it is not among the other tests.
export default defineConfig({
  test: {
    include: ["apps/browser/test/docs/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Each test has windows of its own, and Chromium a process for each: two at a time take half as long.
    sequence: { concurrent: true },
    maxConcurrency: 2,
  },
});
