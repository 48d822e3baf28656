/** An experiment as the shortest program that makes the same run with the packages. */
import { activations } from "./choices/activations.ts";
import { backends } from "./choices/backends.ts";
import { type Code, codeFrom, pick } from "./choices/choice.ts";
import { codeOfDistortions } from "./choices/distortions.ts";
import { initializers } from "./choices/initializers.ts";
import { losses } from "./choices/losses.ts";
import { optimizers } from "./choices/optimizers.ts";
import { schedules } from "./choices/schedules.ts";
import { type DigitSource, type Experiment, networkOptions } from "./experiment.ts";
import { type PlannedLayer, planOf } from "./network/plan.ts";

const data: Readonly<Record<DigitSource, Code>> = {
  embedded: codeFrom("@dlcc/experiment/node", "embeddedDigits()", "embeddedDigits"),
  files: codeFrom("@dlcc/data/node", 'await loadMnist("folder/with/your/files")', "loadMnist"),
};

/** Collects the imports of a piece of code, and returns its text. */
type Use = (code: Code) => string;

/**
 * The program that makes the same run as the experiment. It prints the loss of each epoch, and at the end the accuracy on
 * the test digits.
 *
 * @returns A module in JavaScript; its first line installs what it imports.
 * @throws {RangeError} if a name is not in its table.
 * @example
 * ```ts
 * import { defaults, toProgram } from "@dlcc/experiment";
 *
 * const program = toProgram(defaults, "embedded");
 * console.log(program.split("\n").find((line) => line.startsWith("const optimizer")));
 * // → const optimizer = sgd(groups, { lr, momentum: 0.9, nesterov: true });
 * ```
 */
export function toProgram(e: Experiment, digits: DigitSource): string {
  const used = new Map<string, Set<string>>();
  const use: Use = ({ code, imports }) => {
    for (const [from, names] of Object.entries(imports)) {
      used.set(from, new Set([...(used.get(from) ?? []), ...names]));
    }
    return code;
  };
  use(codeFrom("@dlcc/data", "", "minibatches"));
  use(codeFrom("@dlcc/train", "", "accuracy", "evaluate", "fit"));
  const rate = use(pick(schedules, e.schedule).code);
  const steps = `const steps = epochs * Math.ceil(train.images.shape[0] / ${e.batchSize});\n`;
  const distort = e.augment === undefined ? "" : distortOf(e.augment, use);
  const order = `train.images, train.labels, { size: ${e.batchSize}, seed: ${e.seed}, epoch`;
  const batches =
    distort === ""
      ? `minibatches(${order}, backend })`
      : `transformBatches(minibatches(${order} }), distort, { seed: ${e.seed}, epoch, backend })`;
  const body = `${digitsOf(use(data[digits]), e)}
const backend = ${use(pick(backends, e.backend).code)};
const model = new Sequential([
${layersOf(planOf(networkOptions(e)), use)
  .map((line) => `  ${line},`)
  .join("\n")}
]);
await model.to(backend);

const loss = ${use(pick(losses, e.loss).code)};
const epochs = ${e.epochs};
${rate.includes("steps") ? steps : ""}const lr = ${rate.replace("rate", String(e.lr))};
const [weights, others] = [true, false].map((is) => model.parameters().filter(({ value }) => value.rank > 1 === is));
const groups = [{ parameters: weights, weightDecay: ${e.weightDecay} }, { parameters: others, weightDecay: 0 }];
const optimizer = ${use(pick(optimizers, e.optimizer).code)};
${distort}await fit({
  model,
  loss,
  optimizer,
  epochs,
  batches: (epoch) => ${batches},
  onEpoch: ({ epoch, loss }) => console.log(\`epoch \${epoch}: loss \${loss.toFixed(4)}\`),
});

const batches = minibatches(test.images, test.labels, { size: 250, shuffle: false, backend });
const { metrics } = await evaluate({ model, loss, metrics: { accuracy }, batches });
console.log(\`test accuracy \${(100 * metrics.accuracy).toFixed(2)} %\`);
`;
  const imports = [...used]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([from, names]) => `import { ${[...names].sort().join(", ")} } from "${from}";`);
  return `// npm install ${packagesOf(used.keys()).join(" ")}\n${imports.join("\n")}\n\n${body}`;
}

/** The digits: in rows of pixels, as they come, or, for layers of images, as images. */
const digitsOf = (load: string, { layers }: Experiment): string =>
  layers === undefined
    ? `const { train, test } = ${load};`
    : `const digits = ${load};
const [train, test] = [digits.train, digits.test].map(({ images, labels }) => ({
  images: images.reshape([-1, 1, 28, 28]),
  labels,
}));`;

/** What changes the images at random, as a line. */
function distortOf(text: string, use: Use): string {
  use(codeFrom("@dlcc/data", "", "augment", "transformBatches"));
  return `const distort = augment([${codeOfDistortions(text).map(use).join(", ")}]);\n`;
}

/** Each layer as a line, as `buildNetwork` makes it. */
const layersOf = (plan: readonly PlannedLayer[], use: Use): string[] =>
  plan.map(({ type, sizes, options = {}, init, seed, layers }) => {
    if (activations.some(({ name }) => name === type)) return use(pick(activations, type).code);
    if (layers !== undefined) {
      return use(codeFrom("@dlcc/layers", `new ${type}([${layersOf(layers, use).join(", ")}])`, type));
    }
    const named = [
      ...Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
      ...(init === undefined ? [] : [use(pick(initializers, init).code)]),
      ...(seed === undefined ? [] : [`seed: ${seed}`]),
    ];
    const values = [...sizes, ...(named.length > 0 ? [`{ ${named.join(", ")} }`] : [])];
    return use(codeFrom("@dlcc/layers", `new ${type}(${values.join(", ")})`, type, "Sequential"));
  });

/** The packages that a program imports from, and those that all of them need. */
const packagesOf = (from: Iterable<string>): string[] =>
  [
    ...new Set(["@dlcc/tensor", "@dlcc/autograd", ...[...from].map((name) => name.split("/").slice(0, 2).join("/"))]),
  ].sort();
