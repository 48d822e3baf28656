/** dlcc: the loop that its guide shows. The argument names the engine. */
import { createBlas } from "@dlcc/blas";
import { type Backend, cpu, type Tensor, tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { layers } from "../cases.ts";
import { imagesOf, learner, stepOf } from "../learner.ts";
import { type Contender, serve, type Workload } from "../serve.ts";
import { versionOf } from "../version.ts";

const { inputs, hidden } = layers;

/** The engines by name: another one joins here. */
const engines: Readonly<Record<string, () => Promise<Backend>>> = {
  cpu: async () => cpu,
  "wasm-1": () => createWasm({ threads: 1 }),
  "wasm-2": () => createWasm({ threads: 2 }),
  "blas-1": () => createBlas({ threads: 1 }),
  "blas-2": () => createBlas({ threads: 2 }),
};

/** `left · right`, again and again. */
function product(left: Tensor, right: Tensor): Workload {
  return {
    async run(iterations) {
      for (let i = 1; i < iterations; i++) left.matmul(right).dispose();
      using result = left.matmul(right);
      return await result.data();
    },
    dispose() {
      left.dispose();
      right.dispose();
    },
  };
}

async function dlcc(engine: string): Promise<Contender> {
  const open = engines[engine];
  if (!open) throw new Error(`there is no engine ${engine}: choose one of ${Object.keys(engines).join(", ")}`);
  const backend = await open();

  return {
    version: versionOf(import.meta.resolve("@dlcc/tensor")),

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
          for (let i = 1; i < iterations; i++) stepOf(ready, { x, y }).dispose();
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

await serve(await dlcc(process.argv[2] ?? "cpu"));
