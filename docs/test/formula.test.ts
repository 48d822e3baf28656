/** Formulas of doc comments, which the site of the docs shows as MathML. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { formulaOf, toTex } from "../typedoc/formula.js";
import { filesBelow, root } from "./examples.ts";

describe("a formula as it stands in a comment, as TeX", () => {
  test.each([
    ["½‖o − y‖²", "\\tfrac{1}{2}\\Vert o - y\\Vert ^{2}"],
    ["aⱼ = e^{zⱼ} / Σₖ e^{zₖ}", "a_{j} = e^{z_{j}} / \\textstyle\\sum _{k} e^{z_{k}}"],
    ["w₁,₂,₁", "w_{1,2,1}"],
    ["1 / √(variance + ε)", "1 / \\sqrt{\\mathrm{variance} + \\varepsilon }"],
    ["(∂y_l/∂u_{l−1})ᵀ · buffer", "(\\partial y_{l}/\\partial u_{l-1})^{T} \\cdot  \\mathrm{buffer}"],
    ["√Σ x²", "\\sqrt{\\textstyle\\sum  x^{2}}"],
    ["log(1 + e^−|z|) · w", "\\log (1 + e^{-\\vert z\\vert }) \\cdot  w"],
    ["b = ȳ − w·x̄", "b = \\bar{y} - w\\cdot \\bar{x}"],
  ])("%s", (text, tex) => {
    expect(toTex(text)).toBe(tex);
  });

  test.each([
    "new Linear(2, 8)",
    "weightDecay",
    "[n, c·kh·kw]",
    "x.mul(y)",
    "map[r][c] = Σ kernel[i][j]",
    "a => a",
    "// → 12",
  ])("%s is code", (text) => expect(toTex(text)).toBeUndefined());
});

test("every formula of the packages' comments becomes MathML", () => {
  const sources = filesBelow("packages").filter((file) => /^packages\/[^/]+\/src\/.+\.ts$/.test(file));
  const failed = sources.flatMap((file) =>
    (readFileSync(path.join(root, file), "utf8").match(/\/\*\*[\s\S]*?\*\//g) ?? []).flatMap((comment) =>
      [...comment.replace(/```[\s\S]*?```/g, "").matchAll(/`([^`\n]+)`/g)].flatMap(([, text = ""]) => {
        try {
          const made = formulaOf(text);
          return made === undefined || made.startsWith("<math") ? [] : [`${file}: ${text}`];
        } catch (error) {
          return [`${file}: ${text}: ${String(error)}`];
        }
      }),
    ),
  );
  expect(failed).toEqual([]);
});
