/** A registry of npm's for tests: what is published to it lives in memory, on this machine alone. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Version {
  readonly version: string;
  dist: { tarball: string };
}

/** What npm asks for a package, and what it sends to publish one. */
interface Packument {
  readonly name: string;
  readonly versions: Record<string, Version>;
  readonly "dist-tags": Record<string, string>;
  readonly _attachments?: Readonly<Record<string, { readonly data: string }>>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString();
}

/** A running registry. */
export class Registry {
  /** What has been published, such as `@dlcc/tensor@1.0.0`, in order. */
  readonly published: string[] = [];
  readonly #packuments = new Map<string, Packument>();
  readonly #tarballs = new Map<string, Uint8Array>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, answer) => {
      const place = decodeURIComponent(new URL(request.url ?? "", this.address).pathname).slice(1);
      const [status, body] =
        request.method === "PUT" ? this.#publish(JSON.parse(await bodyOf(request)) as Packument) : this.#find(place);
      answer.writeHead(status).end(body instanceof Uint8Array ? body : JSON.stringify(body));
    });
  }

  static async start(): Promise<Registry> {
    const registry = new Registry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  #find(place: string): [status: number, body: unknown] {
    const found = this.#tarballs.get(place) ?? this.#packuments.get(place);
    return found ? [200, found] : [404, { error: "not found" }];
  }

  /** Adds a version, for ever: as at npm's, none can be published twice. */
  #publish({ _attachments = {}, ...sent }: Packument): [status: number, body: unknown] {
    const known = this.#packuments.get(sent.name);
    for (const version of Object.keys(sent.versions)) {
      if (known?.versions[version]) return [403, { error: `${sent.name}@${version} has been published before` }];
      this.published.push(`${sent.name}@${version}`);
    }
    for (const [file, { data }] of Object.entries(_attachments)) {
      const place = `${sent.name}/-/${file}`;
      this.#tarballs.set(place, Buffer.from(data, "base64"));
      for (const version of Object.values(sent.versions)) version.dist.tarball = this.address + place;
    }
    this.#packuments.set(sent.name, {
      ...sent,
      versions: { ...known?.versions, ...sent.versions },
      "dist-tags": { ...known?.["dist-tags"], ...sent["dist-tags"] },
    });
    return [201, { ok: true }];
  }
}
