/** With these headers the page may share memory, and so have threads. Your server must send them, too. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default { server: { headers }, preview: { headers }, build: { target: "es2022" } };
