/** Networks of TensorFlow.js and of dlcc, trained from the same start by the same rule: see "Coming from TensorFlow.js". */
import { valueAndGrad } from "@dlcc/autograd";
import { importTfjs } from "@dlcc/convert";
import type { Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam, type Optimizer, sgd } from "@dlcc/optim";
import { permute, type Tensor, tensor } from "@dlcc/tensor";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-cpu";
import { initializers, layers, sequential, type Sequential as TfSequential } from "@tensorflow/tfjs-layers";

/** A network and a rule, in TensorFlow.js's words and in dlcc's. */
export interface Twin {
  readonly network: () => TfSequential;
  readonly theirs: () => tf.Optimizer;
  readonly ours: (model: Sequential) => Optimizer;
}

const start = (seed: number) => ({ kernelInitializer: initializers.glorotUniform({ seed }) });

export const twins: Readonly<Record<string, Twin>> = {
  "dense layers with Adam": {
    network: () =>
      sequential({
        layers: [
          layers.dense({ inputShape: [20], units: 32, activation: "relu", ...start(1) }),
          layers.dense({ units: 2, ...start(2) }),
        ],
      }),
    theirs: () => tf.train.adam(0.01),
    // TensorFlow.js takes 1e-7 where PyTorch and dlcc take 1e-8.
    ours: (model) => adam(model.parameters(), { lr: 0.01, epsilon: 1e-7 }),
  },
  "a convolution with momentum": {
    network: () =>
      sequential({
        layers: [
          layers.conv2d({
            inputShape: [9, 7, 2],
            filters: 4,
            kernelSize: 3,
            padding: "same",
            activation: "relu",
            ...start(3),
          }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          layers.dense({ units: 2, ...start(4) }),
        ],
      }),
    theirs: () => tf.train.momentum(0.05, 0.9),
    ours: (model) => sgd(model.parameters(), { lr: 0.05, momentum: 0.9 }),
  },
};

/** 64 examples, and of each whether the sum of its first half is the larger one. */
function examples(shape: readonly number[]): { x: tf.Tensor; labels: tf.Tensor1D } {
  const x = tf.randomNormal([64, ...shape], 0, 1, "float32", 5);
  const [first, second] = tf.split(tf.reshape(x, [64, -1]), 2, 1).map((half) => tf.sum(half, 1)) as [
    tf.Tensor,
    tf.Tensor,
  ];
  return { x, labels: tf.cast(tf.greater(first, second), "int32") };
}

/** The model as TensorFlow.js saves it, in dlcc. */
async function imported(network: TfSequential): Promise<Sequential> {
  let model: Sequential | undefined;
  await network.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightData, weightSpecs }) => {
      const manifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      const json = { format: "layers-model", modelTopology, weightsManifest: manifest };
      ({ model } = await importTfjs(json, async () => new Uint8Array(weightData as ArrayBuffer)));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  if (!model) throw new Error("the model was not saved");
  return model.train();
}

/** The loss at each of so many steps over all examples, theirs and ours. */
export async function losses(twin: Twin, steps: number): Promise<{ theirs: number[]; ours: number[] }> {
  const network = twin.network();
  const model = await imported(network);
  const { x, labels } = examples(network.inputs[0]?.shape.slice(1) as number[]);
  const targets = tf.oneHot(labels, 2);

  const theirs: number[] = [];
  const optimizer = twin.theirs();
  for (let step = 0; step < steps; step++) {
    const cost = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(targets, network.apply(x) as tf.Tensor) as tf.Scalar,
      true,
    );
    theirs.push(...(await (cost as tf.Scalar).data()));
  }

  const input = channelsFirst(tensor(await x.data<"float32">(), { shape: x.shape }));
  const classes = tensor(await labels.data<"int32">(), { shape: [64], dtype: "int32" });
  const ours: number[] = [];
  const rule = twin.ours(model);
  for (let step = 0; step < steps; step++) {
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(input), classes), model.parameters());
    rule.step(gradients);
    ours.push(await value.item());
  }
  return { theirs, ours };
}

const channelsFirst = (x: Tensor): Tensor => (x.shape.length === 4 ? permute(x, [0, 3, 1, 2]) : x);
