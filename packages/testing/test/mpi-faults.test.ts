/** What goes wrong among ranks: each has a clear end within ten seconds, that names the rank and the reason. */
import { afterAll, expect, test } from "vitest";
import { bundled, describeLaunchers, launchers, mpirun, type Outcome } from "./mpirun.ts";

const program = await bundled("mpi-program.ts");
afterAll(() => program.remove());

/** Not a measurement: the bound that a hang would break. */
const soon = 10;

const expectEnd = ({ code, seconds, stdout, stderr }: Outcome, reason: RegExp): void => {
  expect(`${stdout}${stderr}`).toMatch(reason);
  expect(code).not.toBe(0);
  expect(seconds, stderr).toBeLessThan(soon);
};

describeLaunchers("faults", (launcher) => {
  const run = (word: string, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
    mpirun(launcher, 3, [program.file, word], environment);

  test("a rank that throws: its number, and its error", { timeout: 60_000 }, async () => {
    expectEnd(await run("throw"), /dlcc: rank 1 of 3 on .*: an error ended it, .*RangeError: a fault of rank 1/);
  });

  test("a rank that is killed: the launcher's word, or that of the others", { timeout: 60_000 }, async () => {
    const reason = launcher.name === "MPICH" ? /EXIT CODE: 9/ : /rank 1 .* exited on signal 9|none any more of rank 1,/;
    expectEnd(await run("kill"), reason);
  });

  test("a rank that ends in the midst of it, as if all were done", { timeout: 60_000 }, async () => {
    expectEnd(await run("exit"), /rank 1 of 3 on .*: it has ended without close\(\), and others went on/);
  });

  test("a rank with another model: its number, and the first difference", { timeout: 60_000 }, async () => {
    expectEnd(
      await run("model"),
      /all ranks must train the same model, got layers\.0\.weight float64 \[5,30\] on rank 0, and layers\.0\.weight float64 \[7,30\] on rank 1/,
    );
  });

  test("a program that ends without close() ends well", { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run("unclosed");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('"ucx":"no"'); // UCX must not patch the process: see createWorld.
  });

  test("no library", { timeout: 60_000 }, async () => {
    expectEnd(
      await run("all", { LIBRARY: "libnothing.so" }),
      /there must be an MPI library, as .* has started this process\. Looked at libnothing\.so: not found/,
    );
  });

  const other = launchers.find(({ name }) => name !== launcher.name);
  if (!other || "missing" in other) return;
  test("the library of another MPI than the launcher's", { timeout: 60_000 }, async () => {
    expectEnd(
      await run("all", { LIBRARY: other.library }),
      /launcher and library must be of the same MPI, got 3 processes from .*, of which .* sees 1/,
    );
  });
});
