/**
 * Networks that PyTorch exported are trained further here, as PyTorch trains them further: the files and the losses are what
 * packages/onnx/test/fixtures/pytorch.py wrote.
 */
import { readFileSync } from "node:fs";
import { valueAndGrad } from "@dlcc/autograd";
import { crossEntropy } from "@dlcc/losses";
import { importOnnx } from "@dlcc/onnx";
import { sgd } from "@dlcc/optim";
import { type DType, tensor } from "@dlcc/tensor";
import { expect, test } from "vitest";

interface Run {
  readonly name: string;
  readonly onnx: string;
  readonly input: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly labels: readonly number[];
  readonly losses: readonly number[];
  readonly output: { readonly data: readonly number[] };
}

const file = new URL("../../onnx/test/fixtures/pytorch.json", import.meta.url);
const { runs } = JSON.parse(readFileSync(file, "utf8")) as { readonly runs: readonly Run[] };

/** How far losses and outputs may be from PyTorch's: errors of rounding grow as the training goes on. */
const tolerances: Readonly<Record<string, readonly [DType, number]>> = {
  "trained-float32": ["float32", 1e-5],
  "trained-float64": ["float64", 1e-12],
};

test("there are networks of both dtypes", () => {
  expect(runs.map(({ name }) => name)).toEqual(Object.keys(tolerances));
});

test.each(runs)("$name goes on as in PyTorch, batch normalization and momentum included", async (run) => {
  const [dtype, tolerance] = tolerances[run.name] as readonly [DType, number];
  const data = dtype === "float64" ? Float64Array.from(run.input.data) : Float32Array.from(run.input.data);
  const x = tensor(data, { shape: [...run.input.shape], dtype });
  const labels = tensor([...run.labels], { dtype: "int32" });

  const model = importOnnx(new Uint8Array(Buffer.from(run.onnx, "base64"))).train();
  const optimizer = sgd(model.parameters(), { lr: 0.1, momentum: 0.9 });
  for (const expected of run.losses) {
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), labels), model.parameters());
    optimizer.step(gradients);
    expect(Math.abs((await value.item()) - expected)).toBeLessThan(tolerance);
  }
  expect(run.losses.at(-1)).toBeLessThan((run.losses[0] ?? 0) / 10);

  const outputs = await model.eval().forward(x).data();
  // Logits have grown to some 10; the running statistics have a part in them.
  const farthest = run.output.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (outputs[i] ?? 0))), 0);
  expect(farthest).toBeLessThan(10 * tolerance);
});
