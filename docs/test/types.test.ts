/** Examples hold to the types: what a reader copies into a strict project compiles there. */
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { allExamples, root } from "./examples.ts";

const docs = path.join(root, "docs");

/** The compiler's options for docs, as strict as for dlcc itself; but an example may leave a variable unused. */
function options(): ts.CompilerOptions {
  const file = path.join(docs, "tsconfig.json");
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, docs);
  return { ...parsed.options, noUnusedLocals: false, noUnusedParameters: false, isolatedDeclarations: false };
}

/** What the compiler has to say about some code, as `where: message`. */
function complaints(examples: readonly { where: string; code: string }[]): string[] {
  // The files are not on disk: the tests that run the examples clear the folder that they would be in.
  const files = new Map(
    examples.map(({ where, code }, i) => [
      path.join(docs, `example-${i}.ts`),
      { where, code: `${code}\nexport {};\n` },
    ]),
  );
  const compilerOptions = options();
  const host = ts.createCompilerHost(compilerOptions);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists.call(host, file);
  host.readFile = (file) => files.get(file)?.code ?? readFile.call(host, file);
  host.getSourceFile = (file, target, ...rest) => {
    const code = files.get(file)?.code;
    return code === undefined
      ? getSourceFile.call(host, file, target, ...rest)
      : ts.createSourceFile(file, code, target, true);
  };
  const program = ts.createProgram([...files.keys()], compilerOptions, host);
  return [...files].flatMap(([file, { where }]) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText, start }) => {
        const line = source && start !== undefined ? source.getLineAndCharacterOfPosition(start).line + 1 : 0;
        return `${where} + ${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      },
    );
  });
}

test("every example passes the strict type checker", () => {
  expect(complaints(allExamples())).toEqual([]);
});

test("a mistake in an example is noticed", () => {
  const wrong = { where: "wrong", code: 'import { tensor } from "@dlcc/tensor";\ntensor("one");' };
  expect(complaints([wrong])).toEqual([expect.stringContaining("wrong + 2")]);
});
