/** Colours as CSS variables, so that one SVG suits light and dark backgrounds. */

const light = {
  paper: "#ffffff",
  ink: "#1f2328",
  muted: "#59636e",
  grid: "#d1d9e0",
  blue: "#0b62c4",
  orange: "#b93d0a",
  green: "#17753a",
  purple: "#8127cf",
};

const dark: typeof light = {
  paper: "#1e2227",
  ink: "#e6edf3",
  muted: "#a3adb8",
  grid: "#444c56",
  blue: "#6cb6ff",
  orange: "#f69d50",
  green: "#6bc46d",
  purple: "#c79bff",
};

/** The names of the colours, each as a value for a mark. */
export const colors = Object.fromEntries(Object.keys(light).map((name) => [name, `var(--${name})`])) as Readonly<
  Record<keyof typeof light, string>
>;

const declare = (values: typeof light): string =>
  Object.entries(values)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");

/**
 * The style of a figure. Alone, a figure follows the system's theme; inside a page whose root has `data-theme`, such as
 * TypeDoc's, it follows the page.
 */
export const style: string = [
  `.dlcc-plot{${declare(light)};color:var(--ink)}`,
  `@media(prefers-color-scheme:dark){.dlcc-plot{${declare(dark)}}}`,
  `[data-theme="light"] .dlcc-plot{${declare(light)}}`,
  `[data-theme="dark"] .dlcc-plot{${declare(dark)}}`,
  ".dlcc-plot text{white-space:pre}",
].join("\n");
