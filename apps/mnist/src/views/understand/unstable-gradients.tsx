import { type DeepOptions, deepGradients, type InitializationName } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { Chapter, Choice, decimals, Formula, Legend, Numbers, Slider, scientific, Var } from "./parts.tsx";
import { PowersByLayer } from "./powers.tsx";

type Activation = DeepOptions["activation"];

const width = 32;

const says = (first: number): string =>
  first < 1e-3
    ? "It vanishes: the first layers get almost nothing, and hardly learn."
    : first > 1e3
      ? "It explodes: a step that suits the last layer is far too large for the first."
      : "It arrives: each layer can learn at about the same rate.";

/** A deep network without training: how much of the gradient arrives in each layer. */
export function UnstableGradients() {
  const [activation, setActivation] = useState<Activation>("sigmoid");
  const [initialization, setInitialization] = useState<InitializationName>("1/fanIn");
  const [depth, setDepth] = useState(20);
  const layers = useMemo(
    () => deepGradients({ activation, initialization, depth, width }),
    [activation, initialization, depth],
  );
  const first = layers[0]?.buffer ?? 0;
  const slope = layers.reduce((sum, layer) => sum + layer.slope, 0) / layers.length;
  const choose = (next: Activation, weights: InitializationName, deep = 20) => {
    setActivation(next);
    setInitialization(weights);
    setDepth(deep);
  };
  return (
    <Chapter
      name="unstable-gradients"
      idea={
        <>
          Backward, each layer multiplies the buffer by its weights and by the slope of its activation. A product of
          many factors vanishes if they are below 1, and explodes if they are above. Here the buffer begins at the last
          layer with size 1, in a network that hasn't been trained: follow it from right to left.
        </>
      }
      ask="Why does the gradient vanish in a deep network of sigmoids, whatever its weights at the start?"
      answer="A sigmoid's slope is ¼ at most, and that only where its input is 0. Larger weights would make up for the ¼, but they also saturate the neurons, and the slope falls further. tanh has a slope of 1 at 0, and ReLU wherever it fires: with weights of the right size (He's: a variance of 2/n) the product stays near 1."
      tries={[
        { label: "Deep sigmoid", go: () => choose("sigmoid", "1/fanIn") },
        { label: "Deep ReLU, He's weights", go: () => choose("relu", "he") },
        { label: "Weights that are too large", go: () => choose("relu", "normal") },
        { label: "Only 4 layers", go: () => choose("sigmoid", "1/fanIn", 4) },
      ]}
    >
      <div class="bench">
        <section class="card">
          <PowersByLayer
            label="The size of the buffer, and of the gradient of the weights, in each layer"
            yLabel="size"
            lines={[
              { label: "buffer", kind: "check", values: layers.map(({ buffer }) => buffer) },
              { label: "gradient", kind: "train", values: layers.map(({ gradient }) => gradient) },
            ]}
          />
          <Legend
            inks={[
              ["check", "the buffer ∂C/∂u, root mean square"],
              ["train", "the gradient ∂C/∂W, norm"],
            ]}
          />
        </section>
        <section class="card panel">
          <Choice
            label="Activation"
            options={{ sigmoid: "Sigmoid", tanh: "tanh", relu: "ReLU" }}
            value={activation}
            onChange={setActivation}
          />
          <div class="stack">
            <p class="note">
              Variance of the initial weights; a neuron has <span class="whole">n = {width}</span> inputs
            </p>
            <Choice
              label="Variance of the weights"
              options={{ normal: "1", "1/fanIn": "1/n", he: "2/n, He's" }}
              value={initialization}
              onChange={setInitialization}
            />
          </div>
          <Slider label="Layers" value={depth} min={2} max={40} step={1} show={decimals(0)} onChange={setDepth} />
          <Formula>
            buffer ← <Var>W</Var>ᵀ (<Var>σ</Var>′(<Var>z</Var>) · buffer)
          </Formula>
          <Numbers
            of={[
              ["Buffer at the last layer", scientific(layers.at(-1)?.buffer ?? 0)],
              ["Buffer at the first", scientific(first)],
              ["Mean slope σ′(z)", decimals(3)(slope)],
            ]}
          />
          <p class="verdict" aria-live="polite">
            {says(first)}
          </p>
        </section>
      </div>
    </Chapter>
  );
}
