#!/usr/bin/env node
import { run } from "../dist/main.js";

// Whoever reads what is written may have enough of it before the end, as `head` does.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
process.exitCode = await run(process.argv.slice(2));
