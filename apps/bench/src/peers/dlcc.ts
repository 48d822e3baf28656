/** dlcc on any backend: the loop that its guide shows. */
import { type Backend, type Tensor, tensor } from "@dlcc/tensor";
import { layers } from "../cases.ts";
import { imagesOf, learner, stepOf } from "../learner.ts";
import type { Contender, Workload } from "../serve.ts";

const { inputs, hidden } = layers;

/** After so many jobs without a read, a GPU is waited for. */
const patience = 16;

/** `left · right`, again and again. */
function product(left: Tensor, right: Tensor): Workload {
  return {
    async run(iterations) {
      for (let i = 1; i < iterations; i++) {
        left.matmul(right).dispose();
        if (i % patience === 0) await left.backend.flush();
      }
      using result = left.matmul(right);
      return await result.data();
    },
    dispose() {
      left.dispose();
      right.dispose();
    },
  };
}

/** dlcc on a backend. */
export function contender(backend: Backend, version: string): Contender {
  return {
    version,

    matmul(n, a, b) {
      const shape = [n, n];
      return product(tensor(a, { shape, backend }), tensor(b, { shape, backend }));
    },

    layer(pass, batch, { x, other }) {
      const left = tensor(x, { shape: [batch, inputs], backend });
      if (pass === "forward") return product(left, tensor(other, { shape: [hidden, inputs], backend }).transpose());
      return product(tensor(other, { shape: [batch, hidden], backend }).transpose(), left);
    },

    step(data) {
      const learning = learner(data, backend);
      const x = imagesOf(data, backend);
      const y = tensor(data.labels, { backend });
      return {
        async run(iterations) {
          const ready = await learning;
          for (let i = 1; i < iterations; i++) {
            stepOf(ready, { x, y }).dispose();
            if (i % patience === 0) await backend.flush();
          }
          using loss = stepOf(ready, { x, y });
          return [await loss.item()];
        },
        dispose() {
          x.dispose();
          y.dispose();
        },
      };
    },
  };
}
