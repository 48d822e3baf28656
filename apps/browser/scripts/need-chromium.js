/** Finds a Chromium, or installs one, or says in one line how to: the tests are never skipped in silence. */
import { spawnSync } from "node:child_process";
import { findChromium } from "./chromium.js";

const run = (command, ...args) => spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;

const aptGet = () =>
  process.getuid?.() === 0 && run("apt-get", "update", "-qq") && run("apt-get", "install", "-qq", "-y", "chromium");

if (!findChromium()) {
  console.error("No Chromium found: installing one for the browser tests …");
  aptGet() || run("npx", "playwright", "install", "chromium");
  if (!findChromium()) {
    console.error(
      "The browser tests need Chromium: install it, or say where it is with CHROMIUM_PATH=/path/to/chromium",
    );
    process.exit(1);
  }
}
