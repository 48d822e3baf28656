import path from "node:path";
import ts from "typescript";
import { root } from "./examples.ts";

/** The folder that code is compiled in, if only in thought. */
export const docs: string = path.join(root, "docs");

/** The compiler's options for docs, as strict as for dlcc itself; but an example may leave a variable unused. */
export function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(docs, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, docs);
  return { ...options, noUnusedLocals: false, noUnusedParameters: false, isolatedDeclarations: false };
}
