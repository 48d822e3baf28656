/**
 * Convolution on WebAssembly beside the matrix product: `npm run bench -- convolution [layer]`. For each layer of a network at
 * batch 64, the three products of a training step (outputs, gradient of the weight, gradient of the input), in milliseconds,
 * and as a share of the pace of a matrix product of 256 × 256 × 256 in the same process: 1 is as many multiplications in
 * the same time. Each figure is the least of many rounds that take turns, as the machine may have other work, too.
 */
import { apply, ops, randn, type Tensor, tidy, type Window } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";

interface Layer {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly kernel: number;
  readonly padding?: number;
  readonly stride?: number;
  readonly groups?: number;
}

const layers: readonly Layer[] = [
  { name: "LeNet-5, 1 to 6", inputs: 1, outputs: 6, size: 28, kernel: 5, padding: 2 },
  { name: "LeNet-5, 6 to 16", inputs: 6, outputs: 16, size: 14, kernel: 5 },
  { name: "Nielsen, 1 to 20", inputs: 1, outputs: 20, size: 28, kernel: 5 },
  { name: "Nielsen, 20 to 40", inputs: 20, outputs: 40, size: 12, kernel: 5 },
  { name: "3 × 3, 32 to 64", inputs: 32, outputs: 64, size: 28, kernel: 3, padding: 1 },
  { name: "3 × 3, 64 to 64", inputs: 64, outputs: 64, size: 14, kernel: 3, padding: 1 },
  { name: "3 × 3, stride 2", inputs: 32, outputs: 64, size: 28, kernel: 3, padding: 1, stride: 2 },
  { name: "1 × 1, 64 to 128", inputs: 64, outputs: 128, size: 14, kernel: 1 },
  { name: "depthwise, 64", inputs: 64, outputs: 64, size: 28, kernel: 3, padding: 1, groups: 64 },
];

const batch = 64;
const side = 256;
const rounds = 100;
/** Milliseconds of a turn. */
const turn = 1;

const wanted = process.argv[2] ?? "";
for (const threads of [1, 2]) {
  const backend = await createWasm({ threads });
  console.log(threads === 1 ? "1 thread" : `${threads} threads`);
  const a = randn([side, side], { seed: 1, backend });
  for (const { name, inputs, outputs, size, kernel, padding = 0, stride = 1, groups = 1 } of layers) {
    if (!name.includes(wanted)) continue;
    const window: Window = {
      kernel: [kernel, kernel],
      stride: [stride, stride],
      padding: [padding, padding],
      dilation: [1, 1],
    };
    const positions = Math.floor((size + 2 * padding - kernel) / stride) + 1;
    const x = randn([batch, inputs, size, size], { seed: 1, backend });
    const weight = randn([outputs, inputs / groups, kernel, kernel], { seed: 2, backend });
    const bias = randn([outputs], { seed: 3, backend });
    const y = randn([batch, outputs, positions, positions], { seed: 4, backend });
    const runs: Readonly<Record<string, () => Tensor>> = {
      product: () => a.matmul(a),
      outputs: () => apply(ops.conv2d, { window, groups, activation: undefined }, x, weight, bias),
      weight: () => apply(ops.conv2dWeightGradient, { window, groups }, x, y),
      input: () => apply(ops.convTranspose2d, { window, groups, size: [size, size] }, y, weight),
    };
    const least = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      for (const [what, run] of Object.entries(runs)) {
        const start = performance.now();
        let count = 0;
        let end = start;
        for (; end - start < turn; end = performance.now(), count++) tidy(() => void run());
        least.set(what, Math.min(least.get(what) ?? Number.POSITIVE_INFINITY, (end - start) / count));
      }
    }
    const pace = side ** 3 / (least.get("product") as number);
    const work = batch * outputs * (inputs / groups) * kernel ** 2 * positions ** 2;
    const figures = ["outputs", "weight", "input"].map((what) => {
      const time = least.get(what) as number;
      return `${what} ${time.toFixed(3)} ms, ${(work / time / pace).toFixed(2)}`;
    });
    console.log(`  ${name.padEnd(20)} ${figures.join("; ")}; (${((2 * pace) / 1e6).toFixed(0)} GFLOP/s)`);
    for (const t of [x, weight, bias, y]) t.dispose();
  }
  backend.dispose();
}
