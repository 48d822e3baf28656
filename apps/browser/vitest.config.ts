/**
 * The tests that run in Chromium. The backends' own suites of packages/testing run here just as they do in Node, in a
 * page that is cross-origin isolated, so that threads can share memory; and what a page without that gets is tested, too.
 */
import path from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findChromium } from "./scripts/chromium.js";

const root = path.resolve(import.meta.dirname, "../..");

const quiet = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
// WebGPU in software, where there is no GPU.
const webgpu = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  // SwiftShader takes seconds to compile what sets a workgroup's memory to 0; without, it also shows who relies on that.
  "--enable-dawn-features=disable_workgroup_init",
];

const executablePath = findChromium();
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: {
      ...(executablePath && { executablePath }),
      chromiumSandbox: process.getuid?.() !== 0,
      args: [...quiet, ...webgpu],
    },
  }),
  instances: [{ browser: "chromium" as const }],
});

// Tests run on the sources, as in Node.
const resolve = { conditions: ["@dlcc/source", "browser", "import", "default"], dedupe: ["vitest"] };

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        resolve,
        server: {
          headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
        },
        test: {
          name: "isolated page",
          include: [
            "packages/testing/test/wasm-*.test.ts",
            "packages/testing/test/span-pytorch-images.test.ts",
            "apps/browser/test/isolated/*.test.ts",
          ],
          testTimeout: 60_000,
          browser: browser(),
        },
      },
      {
        root,
        resolve,
        test: {
          name: "gpu",
          include: ["packages/testing/test/{gpu,webgpu}-*.test.ts", "apps/browser/test/gpu/*.test.ts"],
          testTimeout: 60_000,
          browser: browser(),
        },
      },
      {
        root,
        resolve,
        test: {
          name: "gpu, minified",
          include: ["apps/browser/test/minified/*.test.ts"],
          globalSetup: ["apps/browser/test/minified/build.ts"],
          testTimeout: 60_000,
          browser: browser(),
        },
      },
      {
        root,
        resolve,
        test: {
          name: "plain page",
          include: ["apps/browser/test/plain/*.test.ts"],
          testTimeout: 60_000,
          browser: browser(),
        },
      },
      {
        root,
        resolve: { conditions: ["@dlcc/source", "node", "import", "default"] },
        ssr: { resolve: { conditions: ["@dlcc/source", "node", "import", "default"] } },
        test: {
          name: "the demo site",
          include: ["apps/mnist/{test,e2e}/*.test.ts"],
          globalSetup: ["apps/mnist/e2e/build.ts"],
          environment: "node",
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
