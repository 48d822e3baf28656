/**
 * What the site may do: its own files alone, and no more of the browser than it needs. A server sends it as headers; a plain
 * static host sends none, so the page has what it can of it in a `<meta>`.
 */

const directives = [
  "default-src 'none'",
  // WebAssembly is compiled; nothing is evaluated.
  "script-src 'self' 'wasm-unsafe-eval'",
  // The threads of the wasm backend start from a blob.
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** For a `<meta>`, which can't say who may frame the page. */
const contentPolicy = directives.join("; ");

/** With the first two the page is cross-origin isolated, and the wasm backend has threads. Without them it has one. */
export const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Content-Security-Policy": `${contentPolicy}; frame-ancestors 'none'`,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** Puts the policy into the built page. While the site is developed, the server's own scripts would break it. */
export const policyInPage = {
  name: "policy-in-page",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: contentPolicy },
      injectTo: "head-prepend",
    },
  ],
};
