import { valueAndGrad } from "@dlcc/autograd";
import { buildNetwork, digitClasses, losses, valueFor } from "@dlcc/experiment";
import { slice, sqrt, tidy } from "@dlcc/tensor";
import type { Laboratory } from "./laboratory.ts";
import type { GradientSettings, Run } from "./recipe.ts";

/**
 * The speed at which each hidden layer of a network begins to learn.
 *
 * With δ = ∂C/∂z, and z = Wx + b, the gradient with respect to the biases of a layer is the mean of its δ over the examples,
 * as the cost is a mean over them. So the norm of that gradient is the figure.
 *
 * @returns `norms`: one for each hidden layer, from the first on.
 */
export async function gradientNorms(
  settings: GradientSettings,
  seed: number,
  { train, backend }: Pick<Laboratory, "train" | "backend">,
): Promise<Run["figures"]> {
  const outputs = digitClasses.length;
  const inputs = train.images.shape[1] ?? 0;
  const model = await buildNetwork({ ...settings, inputs, outputs, seed }).to(backend);
  const loss = valueFor(losses, settings.loss);
  const x = await slice(train.images, [0, settings.examples]).to(backend);
  const y = await slice(train.labels, [0, settings.examples]).to(backend);
  const biases = model.parameters().filter(({ name }) => name.endsWith(".bias"));
  const { value, gradients } = valueAndGrad(() => loss(model.forward(x), y), biases);
  const norms: number[] = [];
  for (const bias of biases.slice(0, settings.hidden.length)) {
    const gradient = gradients.get(bias);
    if (!gradient) throw new Error(`${bias.name} must have a gradient, got none`);
    const norm = tidy(() => sqrt(gradient.mul(gradient).sum()));
    norms.push(await norm.item());
    norm.dispose();
  }
  for (const tensor of [x, y, value, ...gradients.values()]) tensor.dispose();
  return { norms };
}
