/** A program for Cloudflare's workerd. It answers what the program gives; at `/bytes`, without the kernels' file. */
import module from "@dlcc/wasm/kernels.wasm";
import { program } from "./program.js";

export default {
  fetch: async (request) =>
    Response.json(await program(new URL(request.url).pathname === "/bytes" ? undefined : module)),
};
