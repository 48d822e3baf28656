/** A worker that computes on two threads, one of them its own. */
import { tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";

const wasm = await createWasm({ threads: 2 });
const x = tensor([[1, 2], [3, 4]], { backend: wasm }); // biome-ignore format: a matrix
postMessage({ info: wasm.info, product: await x.matmul(x).array() });
