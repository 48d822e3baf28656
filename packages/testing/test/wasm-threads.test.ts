/** What goes back through ops that are made of others has the same bytes on any number of wasm's threads. */
import { valueAndGrad } from "@dlcc/autograd";
import { mul, Parameter, randn, type Tensor, tidy, type UpsampleOptions, upsample } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, expect, test } from "vitest";

const backends = await Promise.all([1, 2, 3].map((threads) => createWasm({ threads })));
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

const cases: Readonly<Record<string, UpsampleOptions>> = {
  "in blocks": { scale: 2 },
  "to the nearest": { size: [47, 50] },
  bilinear: { scale: 3, mode: "bilinear" },
  "bilinear, corner to corner": { size: [40, 31], mode: "bilinear", alignCorners: true },
};

test.each(Object.entries(cases))("upsampling %s", async (_, options) => {
  const gradients = backends.map((backend) =>
    tidy((): Tensor => {
      const image = new Parameter("image", randn([9, 7, 29, 31], { seed: 1, backend }));
      const { gradients } = valueAndGrad(() => {
        const larger = upsample(image.value, options);
        return mul(larger, randn(larger.shape, { seed: 2, backend })).sum();
      }, [image]);
      return gradients.get(image) as Tensor;
    }),
  );
  const [first, ...others] = gradients.map((gradient) => new Uint32Array(gradient.dataSync().buffer));
  expect(first?.some((word) => word !== 0)).toBe(true);
  // Vitest's own comparison is slow for so many numbers.
  for (const other of others) expect(other.findIndex((word, i) => word !== first?.[i])).toBe(-1);
});
