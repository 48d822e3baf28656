/**
 * The names of temporary files. A program that is killed while it writes leaves one behind; the next save in the folder
 * removes it. A name says who writes: the machine, and the process on it.
 */
import { createHash, randomUUID } from "node:crypto";
import { readdir, readlink, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const pattern = /^\.dlcc-([0-9a-f]{8})-(\d+)-[0-9a-f-]{36}\.tmp$/;

/** After so many milliseconds without a change, the file of a process on another machine is left over: a day. */
const dayOld = 24 * 60 * 60 * 1000;

/** This machine, as far as process ids go: containers that share a folder may have one name, and ids of their own. */
async function machine(): Promise<string> {
  const ids = await readlink("/proc/self/ns/pid").catch(() => "");
  return createHash("sha256").update(`${hostname()} ${ids}`).digest("hex").slice(0, 8);
}

/** A new temporary file's path in a folder. */
export async function temporaryIn(folder: string): Promise<string> {
  return join(folder, `.dlcc-${await machine()}-${process.pid}-${randomUUID()}.tmp`);
}

/** Removes the temporary files of processes that have ended. What can't be removed stays: the save that follows says why. */
export async function sweep(folder: string): Promise<void> {
  const here = await machine();
  for (const name of await readdir(folder).catch(() => [])) {
    const [, host, pid] = pattern.exec(name) ?? [];
    if (host === undefined) continue;
    const path = join(folder, name);
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    const over = host === here ? hasEnded(Number(pid), changed) : Date.now() - changed > dayOld;
    if (over) await rm(path, { force: true }).catch(() => {});
  }
}

/** Whether a process has ended. One with this one's id has, if it wrote before this one began: ids come again. */
function hasEnded(pid: number, changed: number): boolean {
  if (pid === process.pid) return changed < Date.now() - process.uptime() * 1000;
  try {
    process.kill(pid, 0); // Sends nothing; it fails if there is no such process.
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
