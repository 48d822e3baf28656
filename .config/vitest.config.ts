import { defineConfig } from "vitest/config";

// Tests run on the sources: the condition "@dlcc/source" leads each package's exports to src/.
const conditions = ["@dlcc/source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "docs/test/**/*.test.ts"],
    // What users get of the packages is checked by `npm run test:packages`, browsers and the site by `npm run test:browser`.
    exclude: ["**/node_modules/**", "apps/packaging/**", "apps/browser/**", "apps/mnist/**"],
    testTimeout: 30_000,
    // TensorFlow.js ships its derivatives as modules for bundlers, with the endings of files left out: Node can't load them.
    server: { deps: { inline: [/tfjs-core\/dist\/(?!tf-core)/] } },
  },
});
