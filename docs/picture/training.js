/** What `dlcc train mnist` prints, for the README's picture and for the front page of the docs. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the command as a newcomer would: without data of its own, and in colours. The lines up to the accuracy are enough. */
export function runTraining() {
  const lines = execFileSync(process.execPath, ["apps/cli/bin/dlcc.js", "train", "mnist"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, FORCE_COLOR: "1", DLCC_MNIST_DIR: "", XDG_CACHE_HOME: "/nowhere" },
  })
    .trimEnd()
    .split("\n");
  const end = lines.findIndex((line) => plain(line).includes("test accuracy"));
  if (end < 0) throw new Error(`runTraining: dlcc train mnist must print the test accuracy, got ${lines.join("\n")}`);
  return lines.slice(0, end + 1);
}

/** A colour on or off: the escape character, and a number in brackets. */
const sequence = `${String.fromCharCode(27)}\\[(\\d+)m`;

/** A line without its colours. */
export const plain = (line) => line.replace(new RegExp(sequence, "g"), "");

/** The parts of a line, each with its style; a colour is its number, such as 32 for green. */
export function partsOf(line) {
  const style = { colour: undefined, bold: false, dim: false };
  return line.split(new RegExp(sequence)).flatMap((text, i) => {
    if (i % 2 === 0) return text ? [{ text, ...style }] : [];
    if (text === "1") style.bold = true;
    else if (text === "2") style.dim = true;
    else if (text === "22") style.bold = style.dim = false;
    else style.colour = text === "39" ? undefined : Number(text);
    return [];
  });
}
