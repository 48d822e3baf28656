import "./kernel.css";
import { convolutionParameters, featureMap, layerParameters, type Rows } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { count } from "../../ui/figures.ts";
import { Image } from "../../ui/image.tsx";
import { Chapter, Choice, decimals, Numbers, Slider } from "./parts.tsx";
import { type PictureName, pictureOf, side } from "./picture.ts";

const two = decimals(2);
const size = 3;
const places = side - size + 1;
/** Kernels, or neurons, of the layers that are compared. */
const units = 16;

const kernels = {
  vertical: [
    [-1, 0, 1],
    [-1, 0, 1],
    [-1, 0, 1],
  ],
  horizontal: [
    [-1, -1, -1],
    [0, 0, 0],
    [1, 1, 1],
  ],
  slope: [
    [-1, -1, 2],
    [-1, 2, -1],
    [2, -1, -1],
  ],
  blur: Array(3).fill(Array(3).fill(1 / 9)),
} as const satisfies Readonly<Record<string, Rows>>;

/** A kernel that slides over a picture. */
export function Convolution() {
  const [figure, setFigure] = useState<PictureName>("seven");
  const [kernel, setKernel] = useState<Rows>(kernels.vertical);
  const [move, setMove] = useState<readonly [number, number]>([0, 0]);
  const [at, setAt] = useState<readonly [row: number, column: number]>([7, 10]);
  const [width, setWidth] = useState(28);
  const image = useMemo(() => pictureOf(figure, move), [figure, move]);
  const map = useMemo(() => featureMap(image, kernel), [image, kernel]);
  const [row, column] = at;
  const products = kernel.map((weights, i) => weights.map((w, j) => ({ w, v: image[row + i]?.[column + j] ?? 0 })));
  return (
    <Chapter
      name="convolution"
      idea={
        <>
          A kernel is a small square of weights. It slides over the picture, and at each place gives the weighted sum of
          what is under it: a map of where its pattern is found. All places share the weights, so a stroke is found
          wherever it is.
        </>
      }
      ask="Move the figure to the right. What happens to the map, and what would a neuron with weights for all pixels say?"
      answer="The map moves along, and has the same numbers: what a kernel has learned at one place it knows everywhere. A neuron with a weight for each pixel meets other weights after the move, and gives another answer. That is why convolutional networks need fewer weights and fewer examples."
      tries={[
        { label: "Vertical edges", go: () => setKernel(kernels.vertical) },
        { label: "Horizontal edges", go: () => setKernel(kernels.horizontal) },
        { label: "A diagonal stroke", go: () => setKernel(kernels.slope) },
        { label: "A blur", go: () => setKernel(kernels.blur) },
        { label: "Move it", go: () => setMove([3, 1]) },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <div class="beside">
            <figure>
              <Framed values={image} at={at} size={size} label="The picture" onPick={setAt} />
              <figcaption>The picture, {square(side)}. Click to place the kernel.</figcaption>
            </figure>
            <figure>
              <Framed values={map} at={at} size={1} signed label="What the kernel finds" onPick={setAt} />
              <figcaption>What the kernel finds, {square(places)}: orange above 0, blue below.</figcaption>
            </figure>
          </div>
          <p class="formula" data-testid="sum">
            {products
              .flat()
              .filter(({ w, v }) => w !== 0 && v !== 0)
              .map(({ w, v }) => `${bracketed(two(w))}·${two(v)}`)
              .join(" + ") || "0"}{" "}
            = {two(map[row]?.[column] ?? 0)}
          </p>
        </section>
        <section class="card panel">
          <Choice label="Picture" options={{ seven: "7", four: "4", zero: "0" }} value={figure} onChange={setFigure} />
          <fieldset class="kernel">
            <legend>The kernel</legend>
            {kernel.map((weights, i) =>
              weights.map((w, j) => (
                <input
                  key={`${i} ${j}`}
                  type="number"
                  step="0.5"
                  min="-9"
                  max="9"
                  aria-label={`Weight in row ${i + 1}, column ${j + 1}`}
                  value={Number(w.toFixed(2))}
                  onInput={(event) => {
                    const value = event.currentTarget.valueAsNumber;
                    if (Number.isFinite(value)) {
                      setKernel(kernel.map((old, r) => (r === i ? old.with(j, value) : old)));
                    }
                  }}
                />
              )),
            )}
          </fieldset>
          <Slider
            label="Figure moved to the right"
            value={move[0]}
            min={-4}
            max={4}
            step={1}
            show={decimals(0)}
            onChange={(x) => setMove([x, move[1]])}
          />
          <Slider
            label="Row of the kernel"
            value={row}
            min={0}
            max={places - 1}
            step={1}
            show={decimals(0)}
            onChange={(r) => setAt([r, column])}
          />
          <Slider
            label="Column of the kernel"
            value={column}
            min={0}
            max={places - 1}
            step={1}
            show={decimals(0)}
            onChange={(c) => setAt([row, c])}
          />
          <Slider
            label="Pictures as wide as this"
            value={width}
            min={28}
            max={224}
            step={14}
            show={(w) => `${w} pixels`}
            onChange={setWidth}
          />
          <Numbers
            name="parameters"
            of={[
              [
                `Weights and biases of ${units} kernels of ${square(size)}`,
                count(convolutionParameters(1, units, size)),
              ],
              [
                `Those of ${units} neurons that see all ${square(width)} pixels`,
                count(layerParameters(width * width, units)),
              ],
            ]}
          />
        </section>
      </div>
    </Chapter>
  );
}

/** Pixels, with a frame around those that the kernel covers. */
function Framed(props: {
  values: Rows;
  at: readonly [row: number, column: number];
  /** Rows and columns in the frame. */
  size: number;
  signed?: boolean;
  label: string;
  onPick: (at: readonly [row: number, column: number]) => void;
}) {
  const { values, at, size: framed, label } = props;
  const pixels = useMemo(() => values.flat(), [values]);
  const share = 100 / values.length;
  const middle = (framed - 1) / 2;
  const within = (v: number): number => Math.max(0, Math.min(places - 1, v));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the sliders do the same by keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: the sliders do the same by keyboard
    <div
      class="framed"
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const [x, y] = [
          ((event.clientX - box.left) / box.width) * values.length,
          ((event.clientY - box.top) / box.height) * values.length,
        ];
        props.onPick([within(Math.floor(y - middle)), within(Math.floor(x - middle))]);
      }}
    >
      <Image values={pixels} side={values.length} shades={props.signed ? "signed" : "ink"} label={label} />
      <i
        style={{
          top: `${at[0] * share}%`,
          left: `${at[1] * share}%`,
          width: `${framed * share}%`,
          height: `${framed * share}%`,
        }}
      />
    </div>
  );
}

/** The sides of a square, on one line. */
const square = (length: number): string => `${length}\u00a0×\u00a0${length}`;

const bracketed = (text: string): string => (text.startsWith("−") ? `(${text})` : text);
