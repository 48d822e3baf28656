import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { Source } from "../src/commands/data.ts";
import { cacheFolder } from "../src/digits/find.ts";
import { type DataFile, mnistFiles, mnistMirrors } from "../src/digits/mnist-files.ts";
import { dlcc, errors, newFolder, newPath, type Ran, withoutSurroundings } from "./dlcc.ts";

/** Read before the tests remove it from the environment. */
const realFolder = process.env.DLCC_MNIST_DIR;
withoutSurroundings();

/** A very small MNIST: its four files, with other content. */
const contents: Readonly<Record<string, Buffer>> = Object.fromEntries(
  mnistFiles.map(({ name }, i) => [name, Buffer.from(`the content of ${name} `.repeat(1000 + i))]),
);
const files: readonly DataFile[] = mnistFiles.map(({ name }) => ({
  name,
  bytes: contents[name]!.length,
  sha256: createHash("sha256").update(contents[name]!).digest("hex"),
}));

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A mirror on this machine. @returns Its address. */
async function mirror(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mnist/`;
}

const asked = (url: string | undefined): string => /^\/mnist\/(.+)\.gz$/.exec(url ?? "")?.[1] ?? "";

const good: RequestListener = ({ url }, response) => {
  const body = gzipSync(contents[asked(url)]!);
  response.writeHead(200, { "content-length": body.length }).end(body);
};
const missing: RequestListener = (_, response) => void response.writeHead(404).end("not here");
const wrong: RequestListener = ({ url }, response) => {
  const content = Buffer.from(contents[asked(url)]!);
  content[100]! ^= 1;
  response.end(gzipSync(content));
};
const truncated: RequestListener = ({ url }, response) => {
  const body = gzipSync(contents[asked(url)]!);
  response.end(body.subarray(0, body.length / 2));
};
const brokenOff: RequestListener = ({ url }, response) => {
  const body = gzipSync(contents[asked(url)]!);
  response.writeHead(200, { "content-length": body.length });
  response.write(body.subarray(0, 10), () => response.destroy());
};
const endless: RequestListener = (_, response) => {
  const more = (): void => void (response.destroyed || response.write(Buffer.alloc(1 << 16), more));
  more();
};
/** Some kilobytes that unpack to a megabyte. */
const bomb: RequestListener = (_, response) => void response.end(gzipSync(Buffer.alloc(1 << 20)));
/** A byte now and then, for ever. */
const dripping: RequestListener = (_, response) => {
  response.writeHead(200);
  const drip = setInterval(() => response.write("x"), 20);
  response.on("close", () => clearInterval(drip));
};
const silent: RequestListener = () => {};
const stalled: RequestListener = (_, response) => void response.writeHead(200).write("x");

/** Longer than any machine needs. */
const patience = { answer: 10_000, bytes: 10_000, rate: 1 };
async function fetchFrom(folder: string, mirrors: readonly string[], more: Partial<Source> = {}): Promise<Ran> {
  return dlcc(["data", "fetch", "mnist", "--dir", folder], { mnist: { files, mirrors, patience, ...more } });
}

/** Where nothing listens: a server that was closed. */
async function nobody(): Promise<string> {
  const address = await mirror(missing);
  await new Promise((resolve) => servers.pop()!.close(resolve));
  return address;
}

const expectAll = (folder: string, all = files): void => {
  expect(readdirSync(folder).sort()).toEqual(all.map(({ name }) => `${name}.gz`).sort());
  for (const { name } of all) {
    expect(gunzipSync(readFileSync(path.join(folder, `${name}.gz`))).equals(contents[name]!)).toBe(true);
  }
};

describe("data fetch mnist", () => {
  test("brings the four files, and says where they are", async () => {
    const folder = newPath("mnist");
    const { code, lines } = await fetchFrom(folder, [await mirror(good)]);
    expect(code).toBe(0);
    expectAll(folder);
    expect(lines.join("\n")).toContain(`MNIST is in ${folder}`);
    expect(lines.join("\n")).toContain(`dlcc train mnist --data ${folder}`);
  });

  test("puts them into the cache, where train looks, without --dir", async () => {
    const mnist = { files, mirrors: [await mirror(good)], patience };
    expect((await dlcc(["data", "fetch", "mnist"], { mnist })).code).toBe(0);
    expectAll(cacheFolder());
  });

  test.each([
    ["answers 404", missing],
    ["has other content", wrong],
    ["has half of the file", truncated],
    ["breaks off", brokenOff],
    ["sends without end", endless],
    ["has a file that unpacks to more", bomb],
  ])("continues with the second mirror if the first %s", async (_, listener) => {
    const folder = newPath("mnist");
    const { code } = await fetchFrom(folder, [await mirror(listener), await mirror(good)]);
    expect(errors.text).toBe("");
    expect(code).toBe(0);
    expectAll(folder);
  });

  test.each([
    ["does not answer", silent, { ...patience, answer: 1000 }],
    ["stops sending", stalled, { ...patience, bytes: 1000 }],
    ["drips", dripping, { ...patience, bytes: 500, rate: 1000 }],
  ])("continues with the second mirror if the first %s", async (_, listener, shortly) => {
    const folder = newPath("mnist");
    const one = files.slice(0, 1);
    await fetchFrom(folder, [await mirror(listener), await mirror(good)], { files: one, patience: shortly });
    expect(errors.text).toBe("");
    expectAll(folder, one);
  });

  test("takes a file that the transport has unpacked", async () => {
    const folder = newPath("mnist");
    const unpacked: RequestListener = ({ url }, response) =>
      void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(contents[asked(url)]!));
    expect((await fetchFrom(folder, [await mirror(unpacked)])).code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(files.map(({ name }) => name).sort());
  });

  test("keeps good files, packed or not, and asks for the others alone", async () => {
    const folder = newFolder();
    const [first, second, third, fourth] = files.map(({ name }) => name) as [string, string, string, string];
    writeFileSync(path.join(folder, first), contents[first]!);
    writeFileSync(path.join(folder, `${second}.gz`), gzipSync(contents[second]!, { level: 1 }));
    const requests: string[] = [];
    const counting: RequestListener = (request, response) => {
      requests.push(asked(request.url));
      good(request, response);
    };
    const { lines } = await fetchFrom(folder, [await mirror(counting)]);
    expect(requests).toEqual([third, fourth]);
    expect(lines.join("\n")).toContain(`${first} (already there)`);
    expect(readdirSync(folder).sort()).toEqual([first, `${second}.gz`, `${third}.gz`, `${fourth}.gz`].sort());
  });

  test("needs no network when all are there", async () => {
    const folder = newPath("mnist");
    await fetchFrom(folder, [await mirror(good)]);
    expect((await fetchFrom(folder, [await nobody()])).code).toBe(0);
  });

  test("gives a file with other content another name, and fetches the right one", async () => {
    const folder = newFolder();
    const { name } = files[0]!;
    writeFileSync(path.join(folder, name), "another data set");
    const { code, lines } = await fetchFrom(folder, [await mirror(good)]);
    expect(code).toBe(0);
    expect(lines.join("\n")).toContain(`the old ${name} is not MNIST's: renamed to ${name}.old`);
    expect(readFileSync(path.join(folder, `${name}.old`), "utf8")).toBe("another data set");
    expect(existsSync(path.join(folder, name))).toBe(false);
  });

  test("sets aside a file that unpacks to more, and keeps what was set aside before", async () => {
    const folder = newFolder();
    const { name } = files[0]!;
    writeFileSync(path.join(folder, `${name}.gz`), gzipSync(Buffer.alloc(1 << 20)));
    for (const aside of [".old", ".old-2"]) writeFileSync(path.join(folder, `${name}.gz${aside}`), aside);
    const { code, lines } = await fetchFrom(folder, [await mirror(good)]);
    expect(code).toBe(0);
    expect(lines.join("\n")).toContain(`renamed to ${name}.gz.old-3`);
    for (const aside of [".old", ".old-2"]) {
      expect(readFileSync(path.join(folder, `${name}.gz${aside}`), "utf8")).toBe(aside);
    }
  });
});

describe("data fetch mnist in vain", () => {
  const failing = async (listener: RequestListener, folder: string, more: Partial<Source> = {}): Promise<string> => {
    expect((await fetchFrom(folder, [await mirror(listener)], more)).code).toBe(1);
    return errors.text.split("\n")[0]!;
  };

  test.each([
    ["404", missing, /127\.0\.0\.1:\d+: it answers 404/],
    ["other content", wrong, /its SHA-256 is [0-9a-f]{8}…, not [0-9a-f]{8}…/],
    ["half a file", truncated, /it can't be unpacked: unexpected end of file/],
    ["a connection that breaks off", brokenOff, /it broke off the connection|it sent less/],
    ["a file without end", endless, /it sends more bytes than the file has/],
    ["a file that unpacks to more", bomb, /it has more than \d+ bytes/],
    ["a drip", dripping, /it sends less than 1000 bytes a second/, { ...patience, bytes: 100, rate: 1000 }],
    ["no answer", silent, /no answer within 0\.1 s/, { ...patience, answer: 100 }],
    ["an answer that stops", stalled, /nothing came for 0\.1 s/, { ...patience, bytes: 100 }],
  ])("%s: an error of one line, and nothing is left", async (_, listener, message, shortly = patience) => {
    const folder = newPath("mnist");
    expect(await failing(listener, folder, { patience: shortly })).toMatch(message);
    expect(errors.text).not.toMatch(/\n +at /);
    expect(readdirSync(path.dirname(folder))).toEqual([]);
  });

  test("no server: both mirrors refuse", async () => {
    const folder = newPath("mnist");
    expect((await fetchFrom(folder, [await nobody(), await nobody()])).code).toBe(1);
    expect(errors.text).toMatch(/train-images-idx3-ubyte can't be downloaded: .*refuses the connection; .*refuses/);
    expect(errors.text).toMatch(/dlcc train mnist works without/);
  });

  test("leaves the folder unchanged", async () => {
    const folder = newFolder();
    writeFileSync(path.join(folder, "train-images-idx3-ubyte"), "damaged");
    await failing(missing, folder);
    expect(readdirSync(folder)).toEqual(["train-images-idx3-ubyte"]);
    expect(readFileSync(path.join(folder, "train-images-idx3-ubyte"), "utf8")).toBe("damaged");
  });

  test("a folder that can't be made is an error before any download", async () => {
    const file = newPath("file");
    writeFileSync(file, "");
    let requests = 0;
    const address = await mirror(() => void requests++);
    expect((await fetchFrom(path.join(file, "mnist"), [address])).code).toBe(1);
    expect(errors.text).toMatch(/the folder .*mnist can't be written to/);
    expect(requests).toBe(0);
  });

  test("Ctrl-C: exit code 130, and nothing is left", async () => {
    const folder = newPath("mnist");
    // The first file comes whole; in the middle of the second one, the user has enough.
    const slow: RequestListener = (request, response) => {
      if (asked(request.url) === files[0]!.name) good(request, response);
      else response.write("x", () => process.emit("SIGINT"));
    };
    const { code, lines } = await fetchFrom(folder, [await mirror(slow)]);
    expect(code).toBe(130);
    expect(lines.at(-1)).toContain("interrupted: nothing was kept");
    expect(existsSync(folder)).toBe(false);
    expect(process.listenerCount("SIGINT")).toBe(0);
  });
});

describe("data path", () => {
  test("prints the cache's folder", async () => {
    expect(await dlcc(["data", "path"])).toEqual({ code: 0, lines: [cacheFolder()] });
  });
});

describe("the source", () => {
  test("is four files, with their SHA-256, and two mirrors over https", () => {
    expect(mnistFiles.map(({ sha256 }) => sha256.length)).toEqual([64, 64, 64, 64]);
    expect(mnistMirrors.map((address) => new URL(address).protocol)).toEqual(["https:", "https:"]);
    for (const address of mnistMirrors) expect(address.endsWith("/")).toBe(true);
  });

  // IDX: a header of 16 bytes for images and 8 for labels.
  test("has the lengths of MNIST: 60,000 and 10,000 images of 28×28", () => {
    const lengths = Object.fromEntries(mnistFiles.map(({ name, bytes }) => [name, bytes]));
    expect(lengths).toEqual({
      "train-images-idx3-ubyte": 16 + 60_000 * 784,
      "train-labels-idx1-ubyte": 8 + 60_000,
      "t10k-images-idx3-ubyte": 16 + 10_000 * 784,
      "t10k-labels-idx1-ubyte": 8 + 10_000,
    });
  });

  test.runIf(realFolder)("is what DLCC_MNIST_DIR has", async () => {
    const { code, lines } = await dlcc(["data", "fetch", "mnist", "--dir", realFolder ?? ""], {
      mnist: { files: mnistFiles, mirrors: [], patience },
    });
    expect(code).toBe(0);
    expect(lines.filter((line) => line.includes("already there"))).toHaveLength(4);
  });
});
