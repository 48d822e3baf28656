/** Builds the site once, before its tests. */
import { build } from "vite";
import { configFile } from "./site.ts";

export async function setup(): Promise<void> {
  await build({ configFile, logLevel: "error" });
}
