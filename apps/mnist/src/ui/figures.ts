/** Formats numbers for people. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** 60,000. The first use of `Intl` takes some 17 ms, and the page opens with counts. */
export const count = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");

let compact: Intl.NumberFormat | undefined;

/** A number in a few characters, for a narrow place: 0.25, 1.5, 20M. */
export function short(n: number): string {
  compact ??= new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
  return Math.abs(n) < 1e15 ? compact.format(n) : n.toExponential();
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A tick of a logarithmic axis: 0.01, 20, or 10⁻⁵. */
export function power(n: number): string {
  if (n >= 1e-3 && n < 1e4) return String(Number(n.toPrecision(3)));
  const [digit = "", exponent = ""] = n.toExponential(0).split("e");
  const raised = [...String(Number(exponent))].map((sign) => superscripts[Number(sign)] ?? "⁻").join("");
  return `${digit === "1" ? "" : `${digit}·`}10${raised}`;
}

/** The labelled ticks of a logarithmic axis: at most eight powers of ten, and, if there are few, their doubles and halves. */
export function decades(_: unknown, ticks: readonly (number | null)[]): (number | null)[] {
  const parts = ticks.map((tick) => (tick === null ? [] : tick.toExponential(3).split("e").map(Number)));
  const powers = parts.flatMap(([, power]) => power ?? []);
  const spread = Math.max(...powers) - Math.min(...powers);
  const every = Math.ceil((spread + 1) / 8);
  const digits = spread < 3 ? [1, 2, 5] : [1];
  return ticks.map((tick, i) => {
    const [digit = 0, power = 0] = parts[i] ?? [];
    return digits.includes(digit) && power % every === 0 ? tick : null;
  });
}
