import { defineConfig } from "vitest/config";

// The site of the docs, as a static host serves it beside the demo site. Needs `deploy/`, so it is not among the other tests.
export default defineConfig({
  test: {
    include: ["apps/browser/test/docs/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
