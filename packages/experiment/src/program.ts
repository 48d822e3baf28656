/** An experiment as the shortest program that makes the same run with the packages. */
import { activations } from "./choices/activations.ts";
import { backends } from "./choices/backends.ts";
import { type Code, codeFrom, pick } from "./choices/choice.ts";
import { initializers } from "./choices/initializers.ts";
import { losses } from "./choices/losses.ts";
import { optimizers } from "./choices/optimizers.ts";
import { schedules } from "./choices/schedules.ts";
import { type DigitSource, type Experiment, networkOptions } from "./experiment.ts";
import { layerSeeds } from "./seeds.ts";

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
  const body = `const { train, test } = ${use(data[digits])};
const backend = ${use(pick(backends, e.backend).code)};
const model = new Sequential([
${layersOf(e, use)
  .map((line) => `  ${line},`)
  .join("\n")}
]);
await model.to(backend);

const loss = ${use(pick(losses, e.loss).code)};
const epochs = ${e.epochs};
${rate.includes("steps") ? steps : ""}const lr = ${rate.replace("rate", String(e.lr))};
const [weights, biases] = [".weight", ".bias"].map((end) => model.parameters().filter(({ name }) => name.endsWith(end)));
const groups = [{ parameters: weights, weightDecay: ${e.weightDecay} }, { parameters: biases, weightDecay: 0 }];
const optimizer = ${use(pick(optimizers, e.optimizer).code)};
await fit({
  model,
  loss,
  optimizer,
  epochs,
  batches: (epoch) => minibatches(train.images, train.labels, { size: ${e.batchSize}, seed: ${e.seed}, epoch, backend }),
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

/** Each layer as a line, with the seeds that `buildNetwork` gives it. */
function layersOf(e: Experiment, use: Use): string[] {
  const layer = (code: string, ...names: string[]): string => use(codeFrom("@dlcc/layers", code, ...names));
  const { inputs, hidden, outputs } = networkOptions(e);
  const sizes = [inputs, ...hidden, outputs];
  const initial = use(pick(initializers, e.init).code);
  const lines = sizes.slice(1).flatMap((size, i) => {
    const seeds = layerSeeds(e.seed, sizes.length - 1, i);
    const options = `{ ${initial}, seed: ${seeds.weights} }`;
    const line = layer(`new Linear(${sizes[i]}, ${size}, ${options})`, "Linear", "Sequential");
    const name = e.hidden[i]?.activation;
    if (name === undefined) return [line];
    const activation = use(pick(activations, name).code);
    if (e.dropout === 0) return [line, activation];
    return [line, activation, layer(`new Dropout(${e.dropout}, { seed: ${seeds.dropout} })`, "Dropout")];
  });
  const { output } = pick(losses, e.loss);
  return output === undefined ? lines : [...lines, use(pick(activations, output).code)];
}

/** The packages that a program imports from, and those that all of them need. */
const packagesOf = (from: Iterable<string>): string[] =>
  [
    ...new Set(["@dlcc/tensor", "@dlcc/autograd", ...[...from].map((name) => name.split("/").slice(0, 2).join("/"))]),
  ].sort();
