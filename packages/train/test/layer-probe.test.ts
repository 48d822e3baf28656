import { Parameter, randn, type Tensor, tensor } from "@dlcc/tensor";
import { fit, layerProbe } from "@dlcc/train";
import { expect, test } from "vitest";

test("the layer probe names layers by their paths from the model, whatever the parameters are called", async () => {
  const [first, second] = [1, 2].map((seed) => new Parameter("weight", randn([2, 2], { seed })));
  const named = new Map([
    ["encoder.weight", first!],
    ["decoder.weight", second!],
  ]);
  const model = {
    forward: (x: Tensor) => x.matmul(first!.value).matmul(second!.value),
    parameters: () => named.values(),
    namedParameters: () => named,
  };
  const names: string[] = [];
  const probe = layerProbe(model, { onReport: ({ layers }) => void names.push(...layers.map(({ layer }) => layer)) });
  const batch = { x: tensor([[1, 2]]), y: tensor([[0, 0]]) };
  const loss = (outputs: Tensor, targets: Tensor): Tensor => outputs.sub(targets).mean();
  await fit({ model, loss, optimizer: { step: () => {} }, batches: () => [batch], epochs: 1, probe });
  expect(names).toEqual(["encoder", "decoder"]);
});
