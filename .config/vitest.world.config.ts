import { defineConfig } from "vitest/config";
import packages from "./vitest.packages.config.ts";

// What takes minutes to install, and so has a command and a job of its own.
export default defineConfig({ test: { ...packages.test, include: ["apps/packaging/world/**/*.test.ts"] } });
