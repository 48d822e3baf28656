/**
 * TensorFlow.js's derivatives, for Node.
 *
 * `@tensorflow/tfjs-core` ships them as ES modules alone, for bundlers: with the file endings left out, and not declared
 * as modules, so Node can't load them; its bundle for Node has none. The union package `@tensorflow/tfjs` has one that
 * does, but weighs 286 MB. So Node is told here how to read those files. The table of derivatives and the engine are
 * global in TensorFlow.js, so what they register serves the bundle.
 */
import { existsSync } from "node:fs";
import { type ResolveHook, register } from "node:module";
import { fileURLToPath } from "node:url";

const folder = "/@tensorflow/tfjs-core/dist/";
const entry = "register_all_gradients.js";

/** The hook, when Node loads this file as one: adds the missing file ending to `./ops/mul`, and takes the file for an ES module. */
export const resolve: ResolveHook = (specifier, context, next) => {
  if (specifier.endsWith(entry) && specifier.includes(folder)) return asModule(specifier);
  if (!specifier.startsWith(".") || !context.parentURL?.includes(folder)) return next(specifier, context);
  const url = new URL(`${specifier}.js`, context.parentURL);
  return asModule(existsSync(fileURLToPath(url)) ? url.href : new URL(`${specifier}/index.js`, context.parentURL).href);
};

const asModule = (url: string): ReturnType<ResolveHook> => ({ url, format: "module", shortCircuit: true });

/** Registers all derivatives. */
export async function loadGradients(): Promise<void> {
  register(import.meta.url);
  await import(new URL(entry, import.meta.resolve("@tensorflow/tfjs-core")).href);
}
