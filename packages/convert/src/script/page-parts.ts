/** What an exported page has besides the network, as text. */

/** The page's look. */
export const pageStyle: string = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
canvas { width: 280px; height: 280px; background: #fff; border: 1px solid #8888; border-radius: 4px; touch-action: none; cursor: crosshair; }
form { display: grid; gap: .5rem; max-width: 24rem; }
label { display: grid; grid-template-columns: 1fr 10rem; gap: 1rem; align-items: center; }
label:has(textarea) { grid-template-columns: 1fr; }
input, select, button, textarea { font: inherit; padding: .2rem .5rem; }
output { display: block; min-height: 3rem; margin: 1rem 0 0; font-size: 2rem; font-weight: 600; }
table { border-spacing: 0 2px; }
th { text-align: left; padding-right: 1rem; font-weight: 400; }
td { padding-right: .5rem; font-variant-numeric: tabular-nums; }
meter { width: 12rem; }`;

/** The scores as bars, and the class of the highest. */
const barsCode = `const guess = document.querySelector("#guess");
const bars = document.querySelector("#bars");

/** Shows what the network says. */
function show(found) {
  if (!found) return void (bars.replaceChildren(), (guess.textContent = ""));
  guess.textContent = outputNames[found.indexOf(Math.max(...found))];
  bars.replaceChildren(
    ...found.map((score, i) => {
      const row = document.createElement("tr");
      const [name, value, bar] = ["th", "td", "td"].map((tag) => row.appendChild(document.createElement(tag)));
      name.textContent = outputNames[i];
      value.textContent = score.toFixed(3);
      const meter = bar.appendChild(document.createElement("meter"));
      meter.value = score;
      meter.ariaLabel = outputNames[i];
      return row;
    }),
  );
}`;

/**
 * A drawing on the page's own white sheet, prepared as MNIST's digits were. It is the last step of `prepareDigit` of
 * `@dlcc/data`: what is above a fixed threshold is ink. The sheet has no shadow, noise or lines, so nothing is taken out, and
 * all that is drawn is one digit.
 */
export const prepareCode: string = `/** Pixels of 0 (paper) to 1 (ink), row by row, as one of MNIST's images: 784 numbers; undefined if there is no ink. */
function prepare(pixels, width, height) {
  const ink = pixels.map((v) => (v > 0.1 ? v : 0));
  let [top, left, bottom, right] = [height, width, 0, 0];
  ink.forEach((v, i) => {
    if (v === 0) return;
    const [row, column] = [Math.floor(i / width), i % width];
    [top, bottom, left, right] = [Math.min(top, row), Math.max(bottom, row + 1), Math.min(left, column), Math.max(right, column + 1)];
  });
  if (bottom === 0) return undefined;
  // The longer side becomes 20 pixels. A new pixel is the mean of the old ones that it covers.
  const scale = 20 / Math.max(right - left, bottom - top);
  const [columns, rows] = [right - left, bottom - top].map((length) => Math.max(1, Math.round(length * scale)));
  const covered = (i, target, length) => {
    const [from, to] = [(i * length) / target, ((i + 1) * length) / target];
    const shares = [];
    for (let j = Math.floor(from); j < Math.min(to, length); j++) shares.push([j, (Math.min(to, j + 1) - Math.max(from, j)) / (to - from)]);
    return shares;
  };
  const digit = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (const [r, down] of covered(row, rows, bottom - top)) {
        for (const [s, across] of covered(column, columns, right - left)) sum += down * across * ink[(top + r) * width + left + s];
      }
      digit.push(sum);
    }
  }
  // The centre of mass goes to the middle of 28×28; the darkest pixel becomes 1.
  const mass = digit.reduce((a, b) => a + b, 0);
  const start = (moment, length) => Math.min(28 - length, Math.max(0, Math.ceil(13.5 - moment / mass)));
  const y = start(digit.reduce((a, v, i) => a + v * Math.floor(i / columns), 0), rows);
  const x = start(digit.reduce((a, v, i) => a + v * (i % columns), 0), columns);
  const out = new Array(784).fill(0);
  digit.forEach((v, i) => (out[(y + Math.floor(i / columns)) * 28 + x + (i % columns)] = v / Math.max(...digit)));
  return out;
}`;

/** The sheet. */
export const sheetCode: string = `${barsCode}

const sheet = document.querySelector("#sheet");
const pen = sheet.getContext("2d", { willReadFrequently: true });

function clear() {
  pen.fillStyle = "white";
  pen.fillRect(0, 0, sheet.width, sheet.height);
  show(undefined);
}

/** What the network says of the drawing. */
function read() {
  const { data } = pen.getImageData(0, 0, sheet.width, sheet.height);
  const pixels = Float64Array.from({ length: sheet.width * sheet.height }, (_, i) => 1 - data[4 * i] / 255);
  const image = prepare(pixels, sheet.width, sheet.height);
  show(image && scores(image.map((v) => range[0] + v * (range[1] - range[0]))));
}

let last;
const place = ({ offsetX, offsetY }) => [(offsetX * sheet.width) / sheet.clientWidth, (offsetY * sheet.height) / sheet.clientHeight];
sheet.addEventListener("pointerdown", (event) => {
  sheet.setPointerCapture(event.pointerId);
  last = place(event);
});
sheet.addEventListener("pointermove", (event) => {
  if (!last || event.buttons === 0) return;
  const next = place(event);
  [pen.lineWidth, pen.lineCap, pen.strokeStyle] = [22, "round", "black"];
  pen.beginPath();
  pen.moveTo(...last);
  pen.lineTo(...next);
  pen.stroke();
  last = next;
});
sheet.addEventListener("pointerup", () => {
  last = undefined;
  read();
});
document.querySelector("#clear").addEventListener("click", clear);
clear();`;

/** A form with a field for each column. */
export const tableFormCode: string = `${barsCode}

const form = document.querySelector("#form");
const fields = columns.map((column) => {
  const label = form.appendChild(document.createElement("label"));
  label.append(column.name);
  const field = label.appendChild(document.createElement(column.kind === "category" ? "select" : "input"));
  if (column.kind === "number") {
    field.type = "number";
    field.step = "any";
    field.value = Number(column.mean.toPrecision(3));
  } else if (column.kind === "date") {
    const days = column.features.find(({ feature }) => feature === "days")?.mean ?? NaN;
    const hasTime = column.features.some(({ feature }) => feature.startsWith("day") && feature !== "days");
    field.type = days < 1 ? "time" : hasTime ? "datetime-local" : "date";
    const text = Number.isFinite(days) ? new Date(days * 864e5).toISOString() : "";
    field.value = days < 1 ? text.slice(11, 16) : text.slice(0, hasTime ? 16 : 10);
  } else field.append(...[...column.values, ...(column.fill ? [""] : [])].map((value) => new Option(value, value)));
  return field;
});

function read() {
  const values = fields.map((field, i) => (columns[i].kind === "number" ? field.valueAsNumber : field.value));
  if (values.some((value, i) => !columns[i].fill && (Number.isNaN(value) || value === ""))) return show(undefined);
  const row = Object.fromEntries(columns.map(({ name }, i) => [name, values[i]]));
  if (target.kind === "category") show(scores(encode(row)));
  guess.textContent = target.name + ": " + (target.kind === "number" ? Number(predictRow(row).toPrecision(4)) : predictRow(row));
}
form.addEventListener("input", read);
form.addEventListener("submit", (event) => event.preventDefault());
read();`;

/** A field for numbers, for all other networks. */
export const rowsCode: string = `${barsCode}

const field = document.querySelector("#numbers");
const count = inputShape.reduce((a, b) => a * b, 1);
field.placeholder = count + " numbers, with spaces or commas between them";
field.addEventListener("input", () => {
  const numbers = field.value.split(/[\\s,;]+/).filter(Boolean).map(Number);
  const good = numbers.length === count && numbers.every(Number.isFinite);
  show(good ? scores(numbers) : undefined);
  if (!good) guess.textContent = numbers.length + " of " + count + " numbers";
});`;
