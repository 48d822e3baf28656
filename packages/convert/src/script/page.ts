import type { Module } from "@dlcc/layers";
import { scriptOf } from "./export.ts";
import { pageStyle, prepareCode, rowsCode, sheetCode, tableFormCode } from "./page-parts.ts";
import { literal } from "./table.ts";
import type { ScriptUse } from "./use.ts";

/** MNIST's images, which a drawing becomes: 28×28. */
const digitPixels = 784;

/**
 * A network as one HTML file that needs nothing else: it opens from a disk, and loads nothing. A network for digits has a sheet
 * to draw on, one for tables a form with its columns, another one a field for numbers. The network in it is that of
 * {@link exportScript}. `dlcc convert model.safetensors model.html` writes one.
 *
 * @param options `title`: what the page is called.
 * @throws {ConvertError} as `exportScript` does.
 * @example
 * ```ts
 * import { exportPage } from "@dlcc/convert";
 * import { Linear, Sequential } from "@dlcc/layers";
 *
 * const model = new Sequential([new Linear(784, 10, { seed: 1 })]);
 * const page = await exportPage(model, { input: { shape: [784] }, outputs: "logits" }, { title: "Digits" });
 * console.log(page.startsWith("<!doctype html>"), page.includes("<canvas")); // → true true
 * ```
 */
export async function exportPage(
  model: Module,
  use: ScriptUse,
  { title = "A network" }: { readonly title?: string } = {},
): Promise<string> {
  const script = await scriptOf("exportPage", model, use);
  const isPicture = use.input.shape.reduce((a, b) => a * b, 1) === digitPixels && !use.table;
  const [low, high] = use.input.range ?? [0, 1];
  const [body, code] = use.table
    ? [
        '<form id="form"></form>\n<output id="guess" aria-live="polite"></output>\n<table id="bars"></table>',
        tableFormCode,
      ]
    : isPicture
      ? [
          '<p>Draw in the square.</p>\n<canvas id="sheet" width="280" height="280" tabindex="0" aria-label="A sheet to draw on"></canvas>\n<p><button id="clear" type="button">Clear</button></p>\n<output id="guess" aria-live="polite"></output>\n<table id="bars"></table>',
          `const range = ${literal([low, high])};\n${prepareCode}\n${sheetCode}`,
        ]
      : [
          '<label>The numbers of one example <textarea id="numbers" rows="6"></textarea></label>\n<output id="guess" aria-live="polite"></output>\n<table id="bars"></table>',
          rowsCode,
        ];
  const name = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>${name}</title>
<style>
${pageStyle}
</style>
<main>
<h1>${name}</h1>
${body}
</main>
<script type="module">
${script}
// The page.

${code}
</script>
</html>
`;
}
