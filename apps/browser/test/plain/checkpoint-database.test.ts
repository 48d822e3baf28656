import { checkpointDatabase } from "@dlcc/io";
import { tensor } from "@dlcc/tensor";
import { beforeEach, expect, test } from "vitest";

/** A database of this test's own. */
let name = "";
beforeEach((context) => {
  name = `test ${context.task.id} ${Math.random()}`;
});

const at = (epoch: number) => ({ tensors: { w: tensor([epoch, 0.5]) }, metadata: { epoch: String(epoch) } });

/** Opens the database past the store. */
const raw = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

test("is empty at first, then gives back the newest, to another page, too", async () => {
  const store = checkpointDatabase(name);
  expect(await store.read()).toBeUndefined();
  await store.write(at(1));
  await store.write(at(2));
  const found = await checkpointDatabase(name).read();
  expect(await found?.tensors.w?.array()).toEqual([2, 0.5]);
  expect(found?.metadata).toEqual({ epoch: "2" });
});

test("keeps the last ones", async () => {
  const store = checkpointDatabase(name, { keep: 2 });
  for (let epoch = 1; epoch <= 4; epoch++) await store.write(at(epoch));
  const database = await raw();
  const keys = await done(database.transaction("checkpoints").objectStore("checkpoints").getAllKeys());
  expect(keys).toEqual(["checkpoint-000003.safetensors", "checkpoint-000004.safetensors"]);
  database.close();
});

test("where the newest is damaged, the one before it is used", async () => {
  const damaged: string[] = [];
  const store = checkpointDatabase(name, { onDamaged: ({ message }) => damaged.push(message) });
  await store.write(at(1));
  await store.write(at(2));
  const database = await raw();
  const rows = database.transaction("checkpoints", "readwrite").objectStore("checkpoints");
  await done(rows.put(new Uint8Array(100), "checkpoint-000002.safetensors"));
  database.close();
  expect((await store.read())?.metadata).toEqual({ epoch: "1" });
  expect(damaged).toEqual([
    expect.stringContaining(`the database "${name}": checkpoint-000002.safetensors is damaged`),
  ]);
});

test("clear removes all; a database that was deleted meanwhile is made anew", async () => {
  const store = checkpointDatabase(name);
  await store.write(at(1));
  await store.clear();
  expect(await store.read()).toBeUndefined();
  await done(indexedDB.deleteDatabase(name)); // the store's connection must not block it
  await store.write(at(2));
  expect((await store.read())?.metadata).toEqual({ epoch: "2" });
});
