import { expect, test } from "vitest";
import { bottom, chartSvg, height, left, right, top, width } from "../src/chart-svg.ts";

const line = {
  name: "a < b",
  colour: "#d2480d",
  values: [0, null, 1],
  width: 2,
  opacity: 1,
  points: true,
  dashed: false,
  inLegend: true,
};
const colours = { paper: "#fff", ink: "#111", muted: "#666", line: "#ddd" };
const chart = { title: "Loss", x: [0, 5, 10], lines: [line], log: false, percent: false, colours };

test("the first and the last value stand at the corners of the field, and what is missing is bridged", () => {
  const svg = chartSvg(chart);
  expect(svg).toContain(`d="M${left} ${height - bottom}L${width - right} ${top}"`);
  expect(svg.match(/<circle [^>]*r="3.5"/g)).toHaveLength(2);
});

test("a share is drawn between 0 and 100 %, whatever it is", () => {
  const svg = chartSvg({ ...chart, percent: true, lines: [{ ...line, values: [0.5, null, 0.5] }] });
  const middle = (top + height - bottom) / 2;
  expect(svg).toContain(`d="M${left} ${middle}L${width - right} ${middle}"`);
  expect(svg).toContain(">0%</text>");
  expect(svg).toContain(">100%</text>");
});

test("on a logarithmic axis each power of ten is as high as the other", () => {
  const svg = chartSvg({ ...chart, log: true, lines: [{ ...line, values: [0.001, 0.01, 0.1] }] });
  const middle = (top + height - bottom) / 2;
  expect(svg).toContain(
    `d="M${left} ${height - bottom}L${(left + width - right) / 2} ${middle}L${width - right} ${top}"`,
  );
});

test("what is no number isn't drawn, and names can hold any sign", () => {
  const svg = chartSvg({ ...chart, lines: [{ ...line, values: [0, Number.NaN, Number.POSITIVE_INFINITY] }] });
  expect(svg).not.toContain("NaN");
  expect(svg).not.toContain("Infinity");
  expect(svg).toContain("a &lt; b");
});
