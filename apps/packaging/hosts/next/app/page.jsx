import { program } from "../program.js";
import { InBrowser } from "./in-browser.jsx";

// At each request, in place of once in the build.
export const dynamic = "force-dynamic";

/** The server's results, and the browser's below. */
export default async function Page() {
  return (
    <main>
      <pre id="server">{JSON.stringify(await program())}</pre>
      <InBrowser />
    </main>
  );
}
