/** A page within the page, with a Content-Security-Policy of its own. */
import wasmModule from "./framed-wasm.ts?url";

/** What a page under a policy got when it asked for the backend. */
export interface Outcome {
  /** `wasm.info`, if the backend came to be. */
  readonly info?: { readonly threads: number; readonly note?: string };
  /** The sum of 1, 2, 3, computed there. */
  readonly total?: number;
  readonly error?: string;
}

/** Asks for the backend in a page under a policy. */
export function createUnder(policy: string, threads: number): Promise<Outcome> {
  const frame = document.createElement("iframe");
  const outcome = new Promise<Outcome>((resolve) => {
    addEventListener("message", ({ data, source }) => {
      if (source === frame.contentWindow) resolve(data as Outcome);
    });
  });
  frame.allow = "cross-origin-isolated";
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${policy}">
    <script type="module">
      const { createWasm } = await import(${JSON.stringify(wasmModule)});
      try {
        const wasm = await createWasm({ threads: ${threads} });
        const x = { storage: wasm.upload(Float32Array.of(1, 2, 3), "float32"), dtype: "float32", shape: [3], strides: [1], offset: 0 };
        const sum = { ...x, storage: wasm.kernel({ name: "sum" })({ axes: [0] }, [x], [])[0], shape: [1] };
        parent.postMessage({ info: wasm.info, total: wasm.readSync(sum)[0] }, "*");
      } catch (error) {
        parent.postMessage({ error: String(error) }, "*");
      }
    </script>`;
  document.body.append(frame);
  return outcome.finally(() => frame.remove());
}
