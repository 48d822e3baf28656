/** The values of the choices, made by the packages. */
import {
  constant,
  fanInUniform,
  heNormal,
  heUniform,
  nielsen,
  normal,
  relu,
  sigmoid,
  tanh,
  xavierNormal,
  xavierUniform,
} from "@dlcc/layers";
import { crossEntropy, huber, l1, l2, mae, mse, quadraticCost, sigmoidCrossEntropy } from "@dlcc/losses";
import { adadelta, adagrad, adam, adamW, linear, rmsProp, sgd, stepDecay, warmUp } from "@dlcc/optim";
import { oneHot, tidy } from "@dlcc/tensor";
import {
  type BackendOptions,
  type OpenedBackend,
  openAuto,
  openBlas,
  openCpu,
  openGpu,
  openWasm,
  openWebGpu,
} from "../open-backend.ts";
import { backends } from "./backends.ts";
import { type Choice, type Ingredients, pick } from "./choice.ts";

const ingredients: Ingredients = {
  ...{ constant, fanInUniform, heNormal, heUniform, nielsen, normal, xavierNormal, xavierUniform },
  ...{ relu, sigmoid, tanh },
  ...{ crossEntropy, huber, l1, l2, mae, mse, quadraticCost, sigmoidCrossEntropy },
  ...{ adadelta, adagrad, adam, adamW, linear, rmsProp, sgd, stepDecay, warmUp },
  ...{ openAuto, openBlas, openCpu, openGpu, openWasm, openWebGpu },
  ofClasses: (loss) => (outputs, targets) =>
    tidy(() => {
      const labels = targets.rank === outputs.rank - 1 && targets.dtype === "int32";
      return loss(outputs, labels ? oneHot(targets, outputs.shape.at(-1) ?? 1, outputs.dtype) : targets);
    }),
};

/**
 * The value of a name in a table.
 *
 * @throws {RangeError} if the table has no such name; the message lists its names.
 * @example
 * ```ts
 * import { losses, valueFor } from "@dlcc/experiment";
 * import { tensor } from "@dlcc/tensor";
 *
 * const loss = valueFor(losses, "l2");
 * console.log(await loss(tensor([[1, 2]]), tensor([[1, 0]])).item()); // → 2
 * ```
 */
export const valueFor = <T>(table: readonly Choice<T>[], name: string): T => pick(table, name).value(ingredients);

/**
 * Opens a backend by its name in {@link backends}. It loads `@dlcc/wasm`, `@dlcc/webgpu`, `@dlcc/gpu` or `@dlcc/blas`
 * only if it opens that backend; `auto` takes `wasm`, or `cpu` if WebAssembly is unavailable.
 *
 * @throws {RangeError} if the table has no such name.
 * @throws {BackendError} if the host can't run the backend.
 * @example
 * ```ts
 * import { openBackend } from "@dlcc/experiment";
 *
 * const { backend, detail, dispose } = await openBackend("wasm", { threads: 1 });
 * console.log(backend.name, detail); // → wasm 1 thread
 * await dispose();
 * ```
 */
export const openBackend = (name: string, options: BackendOptions = {}): Promise<OpenedBackend> =>
  valueFor(backends, name)(options);
