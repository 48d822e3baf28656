/** What goes wrong among ranks: each has a clear end within ten seconds, that names the rank and the reason. */
import { afterAll, expect, test } from "vitest";
import { bundled, describeLaunchers, launchers, mpirun, type Outcome } from "./mpirun.ts";

const program = await bundled("mpi-program.ts");
afterAll(() => program.remove());

/** Ten seconds to start on a busy machine, ten to end: what hangs takes longer. */
const limit = { timeout: 20_000 };

const expectEnd = ({ code, stdout, stderr }: Outcome, reason: RegExp): void => {
  expect(`${stdout}${stderr}`).toMatch(reason);
  expect(code).not.toBe(0);
};

describeLaunchers("faults", (launcher) => {
  const run = (word: string, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
    mpirun(launcher, 3, [program.file, word], environment);

  test("a rank that throws: its number, and its error", limit, async () => {
    expectEnd(await run("throw"), /dlcc: rank 1 of 3 on .*: an error ended it, .*RangeError: a fault of rank 1/);
  });

  test("a loss that is not a number on one rank: all end after the same step", limit, async () => {
    // Of 6 steps an epoch, the 40th.
    expectEnd(await run("nan"), /NonFiniteLossError: fit: the loss became NaN in epoch 7, batch 4\./);
  });

  test("a rank that is killed: the launcher's word, or that of the others", limit, async () => {
    const reason = launcher.name === "MPICH" ? /EXIT CODE: 9/ : /rank 1 .* exited on signal 9|none any more of rank 1,/;
    expectEnd(await run("kill"), reason);
  });

  test("a rank that ends in the midst of it, as if all were done", limit, async () => {
    expectEnd(await run("exit"), /rank 1 of 3 on .*: it has ended without close\(\), and others went on/);
  });

  test("a rank with another model: its number, and the first difference", limit, async () => {
    expectEnd(
      await run("model"),
      /all ranks must train the same model, got layers\.0\.weight float64 \[5,30\] on rank 0, and layers\.0\.weight float64 \[7,30\] on rank 1/,
    );
  });

  test("a program that ends without close() ends well", limit, async () => {
    const { code, stderr } = await run("unclosed");
    expect(code, stderr).toBe(0);
  });

  test("no library", limit, async () => {
    expectEnd(
      await run("all", { LIBRARY: "libnothing.so" }),
      /there must be an MPI library, as .* has started this process\. Looked at libnothing\.so: not found/,
    );
  });

  const other = launchers.find(({ name }) => name !== launcher.name);
  if (!other || "missing" in other) return;
  test("the library of another MPI than the launcher's", limit, async () => {
    expectEnd(
      await run("all", { LIBRARY: other.library }),
      /launcher and library must be of the same MPI, got 3 processes from .*, of which .* sees 1/,
    );
  });
});
