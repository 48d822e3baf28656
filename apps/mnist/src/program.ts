/** An experiment as a program that uses the packages: the shortest one that makes the same run. */
import type { Digits, Experiment } from "./experiment.ts";

/** Code, and what it imports: names by package. */
interface Code {
  readonly code: string;
  readonly imports?: Readonly<Record<string, readonly string[]>>;
}

const layer = (code: string, ...names: string[]): Code => ({ code, imports: { "@dlcc/layers": names } });
const beginning = (weight: string, bias = "constant(0)"): Code =>
  layer(`weight: ${weight}, bias: ${bias}`, ...new Set([weight, bias].map(calledIn)));
const loss = (name: string): Code => ({ code: name, imports: { "@dlcc/losses": [name] } });
/** A loss of numbers takes labels as the unit vectors that they stand for. */
const lossOfNumbers = (name: string): Code => ({
  code: `(outputs, labels) => ${name}(outputs, oneHot(labels, 10))`,
  imports: { "@dlcc/losses": [name], "@dlcc/tensor": ["oneHot"] },
});
const optimizer = (name: string, options = ""): Code => ({ code: options, imports: { "@dlcc/optim": [name] } });

/** `heNormal()` calls `heNormal`. */
const calledIn = (code: string): string => code.replace(/\(.*/, "");

const losses: Readonly<Record<string, Code>> = {
  "cross-entropy": loss("crossEntropy"),
  "sigmoid-cross-entropy": loss("sigmoidCrossEntropy"),
  quadratic: loss("quadraticCost"),
  l2: loss("l2"),
  l1: loss("l1"),
  mse: lossOfNumbers("mse"),
  mae: lossOfNumbers("mae"),
  huber: lossOfNumbers("huber"),
};

const optimizers: Readonly<Record<string, Code>> = {
  sgd: optimizer("sgd"),
  momentum: optimizer("sgd", ", momentum: 0.9"),
  nesterov: optimizer("sgd", ", momentum: 0.9, nesterov: true"),
  adam: optimizer("adam"),
  adamw: optimizer("adamW"),
  rmsprop: optimizer("rmsProp"),
  adagrad: optimizer("adagrad"),
};

const beginnings: Readonly<Record<string, Code>> = {
  he: beginning("heNormal()"),
  "he-uniform": beginning("heUniform()"),
  xavier: beginning("xavierNormal()"),
  "xavier-uniform": beginning("xavierUniform()"),
  pytorch: beginning("fanInUniform()", "fanInUniform()"),
  nielsen: beginning("nielsen()", "normal()"),
  normal: beginning("normal()", "normal()"),
  zero: beginning("constant(0)"),
};

const wasm: Code = { code: "await createWasm()", imports: { "@dlcc/wasm": ["createWasm"] } };
const backends: Readonly<Record<string, Code>> = {
  cpu: { code: "cpu", imports: { "@dlcc/tensor": ["cpu"] } },
  wasm,
  auto: wasm,
  gpu: { code: "await createGpu()", imports: { "@dlcc/gpu": ["createGpu"] } },
};

const data: Readonly<Record<Digits, Code>> = {
  embedded: { code: "embeddedDigits()", imports: { "@dlcc/cli/digits": ["embeddedDigits"] } },
  files: { code: 'await loadMnist("folder/with/your/files")', imports: { "@dlcc/data/node": ["loadMnist"] } },
};

/** The program. It prints what the page shows: the accuracy on the digits that it never learns from. */
export function toProgram(e: Experiment, digits: Digits): string {
  const used = new Map<string, Set<string>>();
  const use = ({ code, imports = {} }: Code): string => {
    for (const [from, names] of Object.entries(imports)) {
      used.set(from, new Set([...(used.get(from) ?? []), ...names]));
    }
    return code;
  };
  const pick = (table: Readonly<Record<string, Code>>, name: string): string => use(table[name] ?? { code: name });

  const layers = layersOf(e, use, pick(beginnings, e.init));
  const rate =
    e.schedule === "linear"
      ? use({ code: `linear(${e.lr}, { steps })`, imports: { "@dlcc/optim": ["linear"] } })
      : String(e.lr);
  const settings = pick(optimizers, e.optimizer);
  const make = optimizers[e.optimizer]?.imports?.["@dlcc/optim"]?.[0] ?? e.optimizer;
  use({ code: "", imports: { "@dlcc/data": ["minibatches"], "@dlcc/train": ["accuracy", "evaluate", "fit"] } });
  const body = `const { train, test } = ${pick(data, digits)};
const backend = ${pick(backends, e.backend)};
const model = new Sequential([
${layers.map((line) => `  ${line},`).join("\n")}
]);
await model.to(backend);

const loss = ${pick(losses, e.loss)};
const epochs = ${e.epochs};
${e.schedule === "linear" ? `const steps = epochs * Math.ceil(train.images.shape[0] / ${e.batchSize});\n` : ""}const [weights, biases] = [".weight", ".bias"].map((end) => model.parameters().filter(({ name }) => name.endsWith(end)));
const optimizer = ${make}(
  [{ parameters: weights, weightDecay: ${e.weightDecay} }, { parameters: biases, weightDecay: 0 }],
  { lr: ${rate}${settings} },
);
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
    .map(([from, names]) => `import { ${[...names].sort().join(", ")} } from "${from}";`)
    .sort((a, b) => (a.slice(a.indexOf("from")) < b.slice(b.indexOf("from")) ? -1 : 1));
  return `// npm install ${packagesOf(used.keys()).join(" ")}\n${imports.join("\n")}\n\n${body}`;
}

/** Each layer as a line. The seeds are those of the page and of \`dlcc train\`. */
function layersOf(e: Experiment, use: (code: Code) => string, begin: string): string[] {
  const sizes = [784, ...e.hidden.map(({ units }) => units), 10];
  const lines = sizes.slice(1).flatMap((outputs, i) => {
    const seed = e.seed * sizes.length + i;
    const line = use(layer(`new Linear(${sizes[i]}, ${outputs}, { ${begin}, seed: ${seed} })`, "Linear", "Sequential"));
    const hidden = e.hidden[i];
    if (!hidden) return [line];
    const activation = use(layer(hidden.activation, hidden.activation));
    if (e.dropout === 0) return [line, activation];
    return [line, activation, use(layer(`new Dropout(${e.dropout}, { seed: ${2 ** 40 + seed} })`, "Dropout"))];
  });
  return e.loss === "quadratic" ? [...lines, use(layer("sigmoid", "sigmoid"))] : lines;
}

/** The packages that a program imports from, and the one that they all stand on. */
const packagesOf = (from: Iterable<string>): string[] =>
  [
    ...new Set(["@dlcc/tensor", "@dlcc/autograd", ...[...from].map((name) => name.split("/").slice(0, 2).join("/"))]),
  ].sort();
