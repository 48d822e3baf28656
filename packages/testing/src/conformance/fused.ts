/**
 * Fused ops: each against its composite, which runs on the same backend. A backend without a fused version runs the
 * composite, and passes.
 */
import {
  type AdamAttributes,
  type Attributes,
  apply,
  applyStep,
  type Computed,
  composites,
  type DType,
  type FusedActivation,
  type FusedOp,
  type Inputs,
  isFloat,
  type Kernel,
  type Operation,
  ops,
  Parameter,
  type SgdAttributes,
  type StepOp,
  type Tensor,
  type TypedArray,
  tidy,
  type Views,
  viewOf,
} from "@dlcc/tensor";
import { entry, type NdArray } from "../reference.ts";
import {
  type Case,
  compare,
  demand,
  describe,
  expectResult,
  type Layout,
  layouts,
  layoutsOf,
  type Subject,
  sample,
  upload,
} from "./harness.ts";

/** The values that the composite gives. */
async function composed<O extends FusedOp>(
  op: O,
  attributes: Attributes<O>,
  inputs: () => Inputs<O>,
): Promise<NdArray[]> {
  const outputs = tidy(() => composites[op](attributes as never, inputs() as never));
  try {
    return await Promise.all(outputs.map(async (t) => ({ shape: t.shape, data: Array.from(await t.data()) })));
  } finally {
    for (const output of outputs) output.dispose();
  }
}

/** Runs a fused op of one result, and compares. */
export async function expectComposite<O extends Exclude<FusedOp, StepOp>>(
  subject: Subject,
  what: string,
  op: O,
  attributes: Attributes<O>,
  inputs: () => Inputs<O>,
  dtype: DType,
  magnitude: number,
): Promise<void> {
  const expected = entry(await composed(op, attributes, inputs), 0);
  await expectResult(subject, what, { dtype, magnitude, ...expected }, () =>
    apply<O>(ops[op] as unknown as Operation<O>, attributes, ...(inputs() as Inputs<O>)),
  );
}

/** `[n, in, out]`. */
const linearSizes: readonly (readonly [n: number, inner: number, out: number])[] = [
  [1, 1, 1],
  [3, 5, 7],
  [9, 17, 4],
  [64, 33, 10],
  [0, 3, 2],
  [2, 0, 3],
  [2, 3, 0],
];

const activations: readonly (FusedActivation | undefined)[] = [undefined, "relu", "sigmoid", "tanh"];

function linearCase(subject: Subject, dtype: DType): Case {
  const domain = { from: -1, to: 1 };
  return {
    name: `linear ${dtype}`,
    async run() {
      const variants = [
        ...linearSizes.map((size) => ({ size, chosen: [layouts[0], layouts[0], layouts[0]] })),
        ...layoutsOf(3).map((chosen) => ({ size: [3, 5, 7] as const, chosen })),
      ];
      for (const { size, chosen } of variants) {
        const [n, inner, out] = size;
        const arrays = [[n, inner], [out, inner], [out]].map((shape, i) =>
          entry(chosen, i).fit(sample(shape, dtype, domain, i)),
        );
        for (const activation of activations) {
          for (const bias of [true, false]) {
            const inputs = (): Inputs<"linear"> => {
              const [x, weight, b] = arrays.map((array, i) => entry(chosen, i).place(array, dtype, subject));
              return (bias ? [x, weight, b] : [x, weight]) as unknown as Inputs<"linear">;
            };
            const what = `linear ${dtype}, ${activation ?? "no activation"}, ${bias ? "bias" : "no bias"}, ${chosen.map((layout) => layout.name).join(" and ")} ${describe(size)}`;
            // The inputs are at most 1 in size, so no sum of products is larger than this.
            await expectComposite(subject, what, "linear", { activation }, inputs, dtype, inner + 1);
          }
        }
      }
    },
  };
}

function softmaxCrossEntropyCases(subject: Subject, dtype: DType): Case[] {
  const run = async (what: string, z: NdArray, y: NdArray, chosen: readonly Layout[]): Promise<void> => {
    const [logits, labels] = [entry(chosen, 0), entry(chosen, 1)];
    const [p, q] = [logits.fit(z), labels.fit(y)];
    const inputs = (): Inputs<"softmaxCrossEntropy"> => [
      logits.place(p, dtype, subject),
      labels.place(q, "int32", subject),
    ];
    await expectComposite(
      subject,
      `softmaxCrossEntropy ${dtype}, ${what}`,
      "softmaxCrossEntropy",
      {},
      inputs,
      dtype,
      10,
    );
  };
  const plain = [layouts[0], layouts[0]];
  const runSize = (n: number, classes: number, chosen: readonly Layout[]): Promise<void> =>
    run(
      `${chosen.map((layout) => layout.name).join(" and ")} ${describe([n, classes])}`,
      sample([n, classes], dtype, { from: -5, to: 5 }, 1),
      sample([n], "int32", { from: 0, to: classes - 1 }, 2),
      chosen,
    );
  return [
    {
      name: `softmaxCrossEntropy ${dtype}`,
      async run() {
        await runSize(1, 1, plain);
        await runSize(0, 3, plain);
        await runSize(33, 10, plain);
        for (const chosen of layoutsOf(2)) await runSize(6, 4, chosen);
      },
    },
    {
      name: `softmaxCrossEntropy ${dtype}, large logits`,
      run: () =>
        run(
          "large logits",
          { shape: [3, 2], data: [1000, -1000, -1000, 1000, 1000, 1000] },
          { shape: [3], data: [0, 0, 1] },
          plain,
        ),
    },
    {
      name: `softmaxCrossEntropy ${dtype}, special values`,
      run: () =>
        run(
          "special values",
          { shape: [4, 2], data: [NaN, 1, Infinity, 1, -Infinity, 1, -Infinity, 1] },
          { shape: [4], data: [1, 0, 0, 1] },
          plain,
        ),
    },
  ];
}

function activationGradientCase(subject: Subject, dtype: DType): Case {
  return {
    name: `activationGradient ${dtype}`,
    async run() {
      for (const activation of ["relu", "sigmoid", "tanh"] as const) {
        for (const chosen of layoutsOf(2)) {
          for (const shape of [[], [0], [33], [6, 4]]) {
            const [gradient, output] = [entry(chosen, 0), entry(chosen, 1)];
            const [p, q] = [
              gradient.fit(sample(shape, dtype, { from: -2, to: 2 }, 1)),
              output.fit(sample(shape, dtype, { from: -1, to: 1 }, 2)),
            ];
            if (p.shape.join() !== q.shape.join()) continue;
            await expectComposite(
              subject,
              `activationGradient ${dtype}, ${activation} ${gradient.name} and ${output.name} ${describe(shape)}`,
              "activationGradient",
              { activation },
              () => [gradient.place(p, dtype, subject), output.place(q, dtype, subject)],
              dtype,
              2,
            );
          }
        }
      }
    },
  };
}

function softmaxCrossEntropyGradientCase(subject: Subject, dtype: DType): Case {
  return {
    name: `softmaxCrossEntropyGradient ${dtype}`,
    async run() {
      for (const [n, classes] of [
        [1, 1],
        [0, 3],
        [33, 10],
        [6, 4],
        [5, 7],
      ] as const) {
        for (const chosen of layoutsOf(3)) {
          const [logits, labels, gradient] = [entry(chosen, 0), entry(chosen, 1), entry(chosen, 2)];
          const p = logits.fit(sample([n, classes], dtype, { from: -5, to: 5 }, 1));
          const q = labels.fit(sample([n], "int32", { from: 0, to: classes - 1 }, 2));
          const r = gradient.fit(sample([n], dtype, { from: -1, to: 1 }, 3));
          await expectComposite(
            subject,
            `softmaxCrossEntropyGradient ${dtype}, ${chosen.map(({ name }) => name).join(", ")} ${describe([n, classes])}`,
            "softmaxCrossEntropyGradient",
            {},
            () => [
              logits.place(p, dtype, subject),
              labels.place(q, "int32", subject),
              gradient.place(r, dtype, subject),
            ],
            dtype,
            2,
          );
        }
      }
    },
  };
}

const sgd: SgdAttributes = { lr: 0.1, weightDecay: 0, momentum: 0, nesterov: false };
const adam: AdamAttributes = {
  lr: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  decoupled: false,
  step: 1,
};

/** The steps in all their variants. */
const steps: { readonly [O in StepOp]: readonly Attributes<O>[] } = {
  sgdStep: [sgd, { ...sgd, weightDecay: 0.01 }],
  momentumStep: [
    { ...sgd, momentum: 0.9 },
    { ...sgd, momentum: 0.9, nesterov: true },
    { ...sgd, momentum: 0.9, weightDecay: 0.01, nesterov: true },
    { ...sgd, momentum: 0.9, weightDecay: 0.01 },
  ],
  adamStep: [
    adam,
    { ...adam, step: 1000 },
    { ...adam, weightDecay: 0.01 },
    { ...adam, weightDecay: 0.01, decoupled: true },
  ],
};

/** How many cells a step has: the parameter, and the optimizer's own. */
const cellsOf: { readonly [O in StepOp]: number } = { sgdStep: 1, momentumStep: 2, adamStep: 3 };

const stepShapes: readonly (readonly number[])[] = [[], [0], [1], [17], [5, 7]];

/** A step's cells and gradient. All are positive, as the second moment, a mean of squares, has to be. */
const stepArrays = (op: StepOp, shape: readonly number[], dtype: DType): NdArray[] =>
  Array.from({ length: cellsOf[op] + 1 }, (_, i) => sample(shape, dtype, { from: 0.1, to: 1 }, i));

function stepCases<O extends StepOp>(subject: Subject, op: O, dtype: DType): Case[] {
  const variants = steps[op] as readonly Attributes<O>[];
  const place = (arrays: readonly NdArray[], layout: Layout): Tensor[] =>
    arrays.map((array) => layout.place(array, dtype, subject));
  const check = async (what: string, expected: NdArray, t: Tensor): Promise<void> =>
    compare(subject, `${op} ${dtype}, ${what}`, { dtype, magnitude: 1, ...expected }, await t.data());

  /** Makes cells, takes steps, and compares the cells with the composite's results after each. */
  const run = async (attributes: Attributes<O>, shape: readonly number[], layout: Layout, count: number) => {
    let arrays = stepArrays(op, shape, dtype).map(layout.fit);
    const [cells, gradient] = tidy(() => {
      const tensors = place(arrays, layout);
      return [tensors.slice(0, -1).map((t, i) => new Parameter(`cell ${i}`, t)), entry(tensors, tensors.length - 1)];
    });
    try {
      for (let step = 1; step <= count; step++) {
        const results = await composed(op, attributes, () => place(arrays, layout) as unknown as Inputs<O>);
        applyStep(ops[op] as unknown as Operation<O>, attributes, cells, gradient);
        const what = `${JSON.stringify(attributes)}, ${layout.name} ${describe(shape)}, step ${step}`;
        for (const [i, result] of results.entries())
          await check(`${what}, ${entry(cells, i).name}`, result, entry(cells, i).peek());
        await check(`${what}, the gradient, which must not change`, entry(arrays, arrays.length - 1), gradient);
        arrays = [...results, entry(arrays, arrays.length - 1)];
      }
    } finally {
      gradient.dispose();
      for (const cell of cells) cell.peek().dispose();
    }
  };

  return [
    {
      name: `${op} ${dtype}`,
      async run() {
        for (const attributes of variants) {
          for (const shape of stepShapes) await run(attributes, shape, layouts[0], 3);
          for (const layout of layouts) await run(attributes, [3, 4], layout, 1);
        }
      },
    },
    {
      name: `${op} ${dtype}, values that others hold stay`,
      async run() {
        const arrays = stepArrays(op, [3, 4], dtype);
        const [held, cells, gradient] = tidy(() => {
          const tensors = place(arrays, layouts[0]);
          const cells = tensors.slice(0, -1).map((t, i) => new Parameter(`cell ${i}`, t));
          return [cells.map((cell) => cell.value), cells, entry(tensors, tensors.length - 1)];
        });
        try {
          applyStep(ops[op] as unknown as Operation<O>, entry(variants, 0), cells, gradient);
          for (const [i, t] of held.entries())
            await check(`${entry(cells, i).name}, held by a variable`, entry(arrays, i), t);
        } finally {
          for (const t of [...held, gradient, ...cells.map((cell) => cell.peek())]) t.dispose();
        }
      },
    },
    {
      name: `${op} ${dtype}, without leave to reuse`,
      async run() {
        const { backend } = subject;
        const kernel = backend.kernel(ops[op] as unknown as Computed<O>);
        if (!kernel) return;
        const arrays = stepArrays(op, [3, 4], dtype);
        const inputs = tidy(() => place(arrays, layouts[0]));
        const storages = new Set(inputs.map((input) => viewOf(input).storage));
        try {
          const results = kernel(
            entry(variants, 0) as Parameters<Kernel<O>>[0],
            inputs.map(viewOf) as unknown as Views<O>,
            inputs.map(() => false),
          );
          const taken = results.filter((storage) => storages.has(storage)).length;
          for (const storage of results) if (!storages.has(storage)) backend.free(storage);
          demand(taken === 0, `${op} ${dtype} on ${backend.name}: returned an input's storage that it may not reuse`);
          for (const [i, input] of inputs.entries())
            await check(`input ${i}, that it may not reuse`, entry(arrays, i), input);
        } finally {
          for (const input of inputs) input.dispose();
        }
      },
    },
  ];
}

/** The fused ops that are no steps leave their inputs alone, too. */
const untouched = (subject: Subject, dtype: DType): Case => ({
  name: `fused ${dtype}, inputs stay`,
  async run() {
    const arrays = [[4, 4], [4, 4], [4]].map((shape, i) => sample(shape, dtype, { from: -1, to: 1 }, i));
    const labels = sample([4], "int32", { from: 0, to: 3 });
    const inputs = tidy(() => [
      ...arrays.map((array) => upload(array, dtype, subject)),
      upload(labels, "int32", subject),
    ]);
    const [x, weight, bias, y] = inputs as [Tensor, Tensor, Tensor, Tensor];
    const results = [
      ...activations.map((activation) => apply(ops.linear, { activation }, x, weight, bias)),
      apply(ops.softmaxCrossEntropy, {}, x, y),
    ];
    try {
      const read: TypedArray[] = await Promise.all(inputs.map((input) => input.data()));
      for (const [i, array] of arrays.entries())
        compare(subject, `fused ${dtype}, input ${i}`, { dtype, ...array }, entry(read, i));
      compare(subject, `fused ${dtype}, labels`, { dtype: "int32", ...labels }, entry(read, 3));
    } finally {
      for (const t of [...inputs, ...results]) t.dispose();
    }
  },
});

/** All fused ops. */
export const fused = (subject: Subject): Case[] =>
  subject.backend.dtypes
    .filter(isFloat)
    .flatMap((dtype) => [
      linearCase(subject, dtype),
      ...softmaxCrossEntropyCases(subject, dtype),
      activationGradientCase(subject, dtype),
      softmaxCrossEntropyGradientCase(subject, dtype),
      ...(Object.keys(steps) as StepOp[]).flatMap((op) => stepCases(subject, op, dtype)),
      untouched(subject, dtype),
    ]);
